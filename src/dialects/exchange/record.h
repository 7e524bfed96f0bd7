// An object as a cmdlet printed it: names and texts, in whichever format it was saved.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_range.h"

namespace relayproof::exchange {

/// A property's values; none for null and for an empty list.
struct Property {
  std::string name;                 ///< as written
  std::vector<std::string> values;  ///< elements of a list, or one text
  bool cut_off = false;             ///< the list ends in `...`: there were more
  SourceRange where;
};

/// By names in lower case.
struct Record {
  std::map<std::string, Property, std::less<>> properties;
  SourceRange where;

  /// `name` is in lower case; null if the object has no such property.
  const Property* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The first value; empty if there is none.
  std::string text(std::string_view name) const;
  void add(Property property);
};

}  // namespace relayproof::exchange
