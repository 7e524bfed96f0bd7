#include "dialects/exchange/record.h"

#include <utility>

#include "base/text.h"

namespace relayproof::exchange {

const Property* Record::find(std::string_view name) const {
  const auto found = properties.find(name);
  return found == properties.end() ? nullptr : &found->second;
}

std::string Record::text(std::string_view name) const {
  const auto* property = find(name);
  return property == nullptr || property->values.empty() ? std::string() : property->values.front();
}

void Record::add(Property property) {
  auto key = to_lower(property.name);
  properties.try_emplace(std::move(key), std::move(property));
}

}  // namespace relayproof::exchange
