#include "dialects/sendmail/cf.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The numbers that names may have besides those of the characters themselves.
constexpr unsigned first_id = 0xA0;
constexpr std::size_t most_long_names = 0x100 - first_id - 1;

}  // namespace

bool AnyCase::operator()(std::string_view a, std::string_view b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lowered(x) < lowered(y); });
}

MacroId MacroNames::enter(std::string_view name) {
  if (name.size() == 1) return static_cast<MacroId>(name.front());
  const auto known = ids_.find(name);
  if (known != ids_.end()) return known->second;
  if (long_names_.size() >= most_long_names) return 0;
  const auto id = static_cast<MacroId>(first_id + long_names_.size());
  long_names_.emplace_back(name);
  ids_.emplace(name, id);
  return id;
}

MacroId MacroNames::find(std::string_view name) const {
  if (name.size() == 1) return static_cast<MacroId>(name.front());
  const auto known = ids_.find(name);
  return known == ids_.end() ? MacroId{0} : known->second;
}

std::string MacroNames::name(MacroId id) const {
  if (id >= first_id && id - first_id < long_names_.size()) return long_names_[id - first_id];
  return std::string(1, static_cast<char>(id));
}

bool CfClass::is_complete() const {
  return std::all_of(sources.begin(), sources.end(),
                     [](const ClassSource& each) { return each.problem.empty(); });
}

const CfRuleSet* Cf::rule_set(std::string_view name) const {
  const auto found = rule_set_index.find(name);
  return found == rule_set_index.end() ? nullptr : &rule_sets[found->second];
}

const CfOption* Cf::option(std::string_view name) const {
  const auto found = std::find_if(options.rbegin(), options.rend(), [&](const CfOption& each) {
    return equals_ignoring_case(each.name, name);
  });
  return found == options.rend() ? nullptr : &*found;
}

const CfMap* Cf::map(std::string_view name) const {
  const auto found = maps.find(name);
  return found == maps.end() ? nullptr : &found->second;
}

const CfMailer* Cf::mailer(std::string_view name) const {
  const auto found = std::find_if(mailers.rbegin(), mailers.rend(), [&](const CfMailer& each) {
    return equals_ignoring_case(each.name, name);
  });
  return found == mailers.rend() ? nullptr : &*found;
}

const CfClass* Cf::class_of(std::string_view name) const {
  const auto found = classes.find(names.find(name));
  return found == classes.end() ? nullptr : &found->second;
}

std::string Cf::macro(std::string_view name) const {
  const auto found = macros.find(names.find(name));
  return found == macros.end() ? std::string() : expand(found->second.value, macros);
}

}  // namespace relayproof::sendmail
