// How a mail server reads and spells addresses: the one part of a policy that is a program.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/fact.h"

namespace relayproof::policy {

/// An address that was read: the text which rules see, or the refusal it meets at once.
struct Addresses {
  /// From the argument of MAIL FROM or RCPT TO as it went over the wire, to what lists and tables
  /// see first. nullopt: the server does not take the spelling (501).
  std::function<std::optional<std::string>(std::string_view wire)> read_sender;
  std::function<std::optional<std::string>(std::string_view wire)> read_recipient;
  /// What the server makes of that argument before it reads it; empty: nothing. Proofs take it that
  /// any argument can come out of it, and so ask the two readers alone.
  std::function<std::string(std::string_view wire)> before_reading;
  /// Whether that argument holds an address without a full domain. May be empty: none does.
  std::function<bool(std::string_view wire)> is_unqualified;
  /// The wire form that reads as this address: `<user@example.com>`, quoted where needed.
  std::function<std::string(std::string_view address)> spell;
  /// What Transform::Named means: the resolved address by its name, `resolve`.
  std::function<std::string(std::string_view name, std::string_view address)> transform;
  /// The addresses in a row's right-hand side for this recipient, as the server reads them; what is
  /// no address (a command, a file) as it stands.
  std::function<std::vector<std::string>(std::string_view value, std::string_view recipient)>
      targets;
};

/// A rewriting of an address, as data where it is data.
struct Transform {
  struct Named {
    std::string name;  ///< for Addresses::transform
    /// Transforms of the same non-empty class give the same text but for the case of letters, and
    /// one of them behind another only the last one's. Proofs rely on it.
    std::string alike = {};
  };
  /// A target with holes. The pattern is the one of the row that was found.
  struct Template {
    struct Hole {
      enum class Of : unsigned char { capture, local, domain, whole } of = Of::capture;
      std::size_t group = 0;
    };
    struct Piece {
      std::string text;          ///< if there is no hole
      std::optional<Hole> hole;  ///< what the client sent there
    };
    std::vector<Piece> pieces;
    std::optional<std::size_t> pattern;  ///< index into Policy::patterns, for captures
    /// The text that the pattern was found in, if it is not the address: the first such line.
    std::optional<Field> captured_in{};
    /// Behind the pieces the server completes the target (appends a domain): through `transform`.
    std::string completed_by;
  };
  std::optional<Named> named;
  std::optional<Template> rewritten;
};

}  // namespace relayproof::policy
