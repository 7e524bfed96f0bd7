#include "dialects/exim/acl_variables.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"

namespace relayproof::exim {
namespace {

using policy::Moment;

struct Stage {
  std::string_view option;
  Moment moment;
};
constexpr auto stages = std::to_array<Stage>({{"acl_smtp_connect", Moment::connect},
                                              {"acl_smtp_helo", Moment::helo},
                                              {"acl_smtp_mail", Moment::mail},
                                              {"acl_smtp_rcpt", Moment::rcpt},
                                              {"acl_smtp_predata", Moment::data},
                                              {"acl_smtp_data", Moment::end_of_data}});

// More `set`s of one variable than this are not told apart.
constexpr std::size_t site_limit = 12;

bool is_of_connection(std::string_view variable) { return variable.starts_with("acl_c"); }

Text text_of(std::string_view written) {
  if (written.find_first_of("$\\") != std::string_view::npos) {
    return Text::hidden("the variable is set to what the message says", {});
  }
  return Text::of(std::string(trim(written)));
}

void put(Lowering& to, policy::ConditionId when, Text text, Value& value) {
  if (to.builder.constant_value(when) == std::optional(false)) return;
  value.insert(value.begin(), Case{when, std::move(text)});
}

}  // namespace

AclVariables::AclVariables(const Config& config) {
  std::set<const Acl*> asked;
  for (const auto& stage : stages) {
    const auto* acl = config.acl(trim(config.value(stage.option)));
    if (acl == nullptr) continue;
    asked.insert(acl);
    for (const auto& statement : acl->statements) {
      for (const auto& item : statement.items) {
        if (item.name != "set") continue;
        sites_.push_back({stage.moment, item.variable, item.value, item.line.where});
      }
    }
  }
  for (const auto& acl : config.acls) {
    for (const auto& statement : acl.statements) {
      for (const auto& item : statement.items) {
        const bool is_nested = item.name == "acl" && config.acl(item.value) != nullptr;
        if (item.name == "set" && !asked.contains(&acl)) elsewhere_.push_back(item.variable);
        if (is_nested && asked.contains(config.acl(item.value))) {
          for (const auto& site : sites_) elsewhere_.push_back(site.variable);
        }
      }
    }
  }
}

std::uint32_t AclVariables::mark(Lowering& to, const Site& site, Since since) const {
  static constexpr std::array<std::string_view, 3> words = {"recipient", "message", "session"};
  using Life = policy::Mark::Life;
  static constexpr std::array<Life, 3> lives = {Life::recipient, Life::message, Life::session};
  const auto index = static_cast<std::size_t>(since);
  return to.builder.mark(site.variable + " = " + site.written + " at " +
                             std::string(policy::to_string(site.moment)) + " line " +
                             std::to_string(site.where.line) + ", " + std::string(words[index]),
                         lives[index]);
}

std::vector<std::uint32_t> AclVariables::marks_of(Lowering& to, const Item& item) const {
  for (const auto& site : sites_) {
    if (site.moment != moment || site.where.line != item.line.where.line ||
        site.where.file != item.line.where.file || site.variable != item.variable) {
      continue;
    }
    std::vector<std::uint32_t> marks = {mark(to, site, Since::message)};
    if (moment == Moment::rcpt) marks.push_back(mark(to, site, Since::recipient));
    if (is_of_connection(site.variable)) marks.push_back(mark(to, site, Since::session));
    return marks;
  }
  return {};
}

void AclVariables::ordered(Lowering& to, const std::vector<const Site*>& sites, Since since,
                           Value& value) const {
  for (const auto* site : sites) {
    put(to, to.builder.has_mark(mark(to, *site, since)), text_of(site->written), value);
  }
}

void AclVariables::in_any_order(Lowering& to, const std::vector<const Site*>& sites, Since since,
                                Value& value) const {
  ordered(to, sites, since, value);
  for (std::size_t one = 0; one < sites.size(); ++one) {
    for (std::size_t other = one + 1; other < sites.size(); ++other) {
      if (sites[one]->written == sites[other]->written) continue;
      put(to,
          to.builder.all({to.builder.has_mark(mark(to, *sites[one], since)),
                          to.builder.has_mark(mark(to, *sites[other], since))}),
          Text::hidden("two statements set the variable, for one recipient and another", {}),
          value);
    }
  }
}

Value AclVariables::value(Lowering& to, std::string_view name) const {
  const Value unset = {{to.builder.constant(true), Text{}}};
  std::vector<const Site*> sites;
  for (const auto& site : sites_) {
    if (site.variable == name) sites.push_back(&site);
  }
  const bool unclear = std::find(elsewhere_.begin(), elsewhere_.end(), name) != elsewhere_.end();
  if (unclear || sites.size() > site_limit) {
    return {{to.builder.constant(true), Text::hidden("the variable is set in several ACLs", {})}};
  }
  const auto those = [&](auto wanted) {
    std::vector<const Site*> found;
    std::copy_if(sites.begin(), sites.end(), std::back_inserter(found), wanted);
    return found;
  };
  Value value = unset;
  ordered(to, those([](const Site* site) { return site->moment <= Moment::helo; }), Since::message,
          value);
  if (is_of_connection(name)) {
    in_any_order(to, those([](const Site* site) { return site->moment > Moment::helo; }),
                 Since::session, value);
  }
  ordered(to,
          those([&](const Site* site) { return site->moment == Moment::mail && is_before(*site); }),
          Since::message, value);
  if (moment < Moment::rcpt) return value;
  const auto at_rcpt = those([](const Site* site) { return site->moment == Moment::rcpt; });
  in_any_order(to, at_rcpt, Since::message, value);
  ordered(to, at_rcpt, Since::recipient, value);
  ordered(to,
          those([&](const Site* site) { return site->moment > Moment::rcpt && is_before(*site); }),
          Since::message, value);
  return value;
}

}  // namespace relayproof::exim
