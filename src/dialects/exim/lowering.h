// What all parts of the lowering share: the configuration, the policy that is written, and what is
// to be told beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"
#include "dialects/exim/config.h"
#include "dialects/exim/policy_builder.h"

namespace relayproof::exim {

/// A text that a rule looks at: known, or a part of the attempt's.
struct Operand {
  std::optional<std::string> fixed;
  policy::Subject subject;

  static Operand of(policy::Subject subject) { return {std::nullopt, std::move(subject)}; }
  static Operand text(std::string text) { return {std::move(text), {}}; }
  Operand part(policy::Part part) const;
};

/// What the truth of a condition does to whoever asks for a relay.
enum class Sign : std::uint8_t {
  either,          ///< both answers can help him
  refuse_if_true,  ///< true can only refuse
  refuse_if_false,
  permit_if_true,  ///< true lets him through, false does not
  permit_if_false,
};
Sign opposite(Sign sign);

/// What a regular expression found, for $1 and so on.
struct Captured {
  patterns::Pattern pattern;
  policy::Subject subject;
};

/// Where an expansion or a list is asked.
struct Scope {
  Sign sign = Sign::either;
  /// The address whose parts are $local_part and $domain; none before RCPT.
  std::optional<Operand> address;
  bool has_helo = true;          ///< HELO was given
  bool has_login = true;         ///< AUTH may have been
  bool has_sender = true;        ///< MAIL was given
  bool sender_is_empty = false;  ///< a sender is being verified, from <>
  std::uint16_t port = 25;       ///< the door's
  Line line;                     ///< where it is written
  policy::OriginId origin = 0;
  /// The domain of a recipient is looked for among those that the owner listed.
  bool lists_domains = false;
  std::size_t depth = 0;
  std::optional<Captured> captured;
  std::optional<std::string> value;  ///< $value
  /// Variables whose text is known here: what a stranger says when he logs in.
  std::map<std::string, std::string, std::less<>> given{};
};

struct Note {
  SourceRange where;
  std::string text;
  std::string says;
  bool decisive = false;
};

/// Texts computed of an address, by the names of their transforms.
using Changes = std::map<std::string, std::function<std::string(std::string_view)>, std::less<>>;

class AclVariables;

struct Lowering {
  const Config& config;
  const FileSystem& files;
  const dialects::Host& host;
  PolicyBuilder& builder;
  std::vector<Note> notes{};
  std::set<std::string> table_files{};
  std::vector<std::string> mentioned{};  ///< names that the configuration writes out
  Changes changes{};
  /// Names of the system's users, if its files are here and say so.
  std::optional<std::vector<std::string>> users{};
  AclVariables* variables = nullptr;  ///< of the listener that is being lowered

  policy::OriginId origin(const Line& line, std::string_view setting);
  /// An open question about these things. `true_is_bad`: its yes is the answer that lets nobody
  /// through; nullopt: nobody knows which one does.
  policy::ConditionId hidden(std::string name, std::string says, const Scope& scope,
                             std::vector<policy::Subject> about,
                             std::optional<bool> true_is_bad = std::nullopt);
  void note(const Line& line, std::string says, bool decisive);
  /// The sender is `<>`, which rules see as the text `<>`: lookups are not asked for empty texts.
  policy::ConditionId is_null_sender();
  /// What holds of an empty text where this is (a part of) the sender, and that is empty.
  policy::ConditionId or_if_empty(const policy::Subject& subject, bool of_empty,
                                  policy::ConditionId otherwise);
  std::string primary_hostname() const;
  std::string qualify_domain(bool of_recipient) const;
  /// The host's own addresses; loopback is always among them.
  std::vector<mail::IpAddress> own_addresses() const;
};

}  // namespace relayproof::exim
