// Sets of texts that keys of lookups divide the world into: a fixed text, a name below another, a
// local part with an extension, and combinations. What is free in them is mentioned by no key.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/fact.h"
#include "policy/table.h"

namespace relayproof::policy {

/// One text, or all texts between a beginning and an end. ASCII letters in any case.
struct TextShape {
  bool fixed = false;
  std::string prefix;     ///< the whole text if it is fixed
  std::string suffix;     ///< empty if it is fixed
  std::size_t least = 0;  ///< bytes between prefix and suffix

  static TextShape any() { return {}; }
  static TextShape exactly(std::string_view text) { return {true, std::string(text), "", 0}; }
  /// A byte or more, and then `suffix`.
  static TextShape ending(std::string_view suffix) { return {false, "", std::string(suffix), 1}; }
  static TextShape beginning(std::string prefix) { return {false, std::move(prefix), "", 0}; }

  /// The member with this text in between.
  std::string with(std::string_view filling) const;
  bool operator==(const TextShape&) const = default;
};

/// Texts `local@domain` whose domain has no @; or texts without any @, which `local` describes.
struct Shape {
  bool addressed = false;
  TextShape local;
  TextShape domain;  ///< only if addressed
  /// It may have members that the keys it was made for are not asked of.
  bool wider = false;

  bool is_fixed() const { return local.fixed && (!addressed || domain.fixed); }
  bool operator==(const Shape& other) const {
    return addressed == other.addressed && local == other.local && domain == other.domain;
  }
};

/// The texts in both; nullopt if there are none. It is `wider` if one of them is, or if what is in
/// both cannot be said exactly.
std::optional<Shape> both(const Shape& one, const Shape& other);

/// The texts of whose part `part` the lookup asks `key` by the rule `kind`, see keys_of(): together
/// these shapes have all of them.
std::vector<Shape> shapes_asking(Key kind, std::string_view key, std::string_view delimiters,
                                 Part part);

/// The texts whose part `part` is empty.
std::vector<Shape> shapes_without(Part part);

}  // namespace relayproof::policy
