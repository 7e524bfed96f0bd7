#include "dialects/postfix/policy_builder.h"

#include <memory>

#include "base/text.h"
#include "dialects/postfix/address_reading.h"

namespace relayproof::postfix {

using policy::ConditionId;

ConditionId PolicyBuilder::matches(std::string_view name, std::string_view text,
                                   const policy::Subject& subject) {
  auto& known = known_tables[std::string(name)];
  if (known.empty()) {
    policy::Table table;
    table.name = name;
    const auto compiled = patterns::Pattern::compile(text, patterns::Flavour::posix_extended, {});
    const policy::Row row{result(policy::Nothing{}), 0, {}};
    if (compiled) table.patterns.push_back({*compiled, false, {}, {}, row});
    known.push_back({{}, this->table(std::move(table))});
  }
  return finds(lookup({{known[0].table}, {policy::Key::whole}, ""}), subject);
}

ConditionId PolicyBuilder::is_one_of(std::string_view name, const std::vector<std::string>& texts,
                                     const policy::Subject& subject) {
  if (texts.empty()) return constant(false);
  auto& known = known_tables[std::string(name)];
  if (known.empty()) {
    policy::Table table;
    table.name = name;
    const policy::Row row{result(policy::Nothing{}), 0, {}};
    for (const auto& text : texts) {
      const auto key = std::make_shared<const std::string>(to_lower(text));
      table.literals.try_emplace(*key, row);
      table.storage.push_back(key);
    }
    known.push_back({{}, this->table(std::move(table))});
  }
  return finds(lookup({{known[0].table}, {policy::Key::whole}, ""}), subject);
}

std::uint32_t PolicyBuilder::named_transform(std::string_view name) {
  // What is resolved stays so; restrictions see it in lower case, the queue manager as it is.
  const bool resolves = name == transform_name::resolve || name == transform_name::route;
  return transform({policy::Transform::Named{std::string(name),
                                             std::string(resolves ? transform_name::resolve : "")},
                    std::nullopt});
}

policy::OriginId PolicyBuilder::origin(const Value& value, std::size_t offset) {
  const auto& setting = value.written_in(offset);
  return origin({value.locate(offset), setting.name + " = " + setting.text, setting.name,
                 std::string(to_string(setting.provenance))});
}

policy::Subject PolicyBuilder::resolved(policy::Field field, policy::Part part) {
  return {field, part, {named_transform("resolve")}};
}

}  // namespace relayproof::postfix
