#include "policy/router.h"

#include <algorithm>

#include "base/text.h"
#include "mail/domain.h"
#include "policy/gates.h"
#include "policy/part.h"

namespace relayproof::policy {
namespace {

// More than this many addresses out of one is a loop, whatever the limit of rewriting says.
constexpr std::size_t destination_limit = 10'000;

// Whether what stands behind the last @ of the template has a hole, and whether any piece has.
struct Holes {
  bool in_local = false;
  bool in_domain = false;
};

Holes holes_of(const Transform::Template& form) {
  Holes holes;
  for (const auto& piece : form.pieces) {
    if (piece.hole) {
      holes.in_domain = true;
    } else if (piece.text.find('@') != std::string::npos) {
      holes.in_local = holes.in_local || holes.in_domain;
      holes.in_domain = false;
    }
  }
  return holes;
}

// As far as two spellings of a domain differ: not in case, a dot at the end, or brackets.
std::string domain_named(std::string_view address) {
  auto domain = part_of(address, Part::domain);
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.starts_with('[') && domain.ends_with(']'))
    domain = domain.substr(1, domain.size() - 2);
  return to_lower(domain);
}

// What `user+extension` has and the key that was found has not: `+extension`.
std::string extension_behind(std::string_view key, std::string_view local) {
  const auto known = key.substr(0, std::min(key.rfind('@'), key.size()));
  const bool begins_so = !known.empty() && known.size() < local.size() &&
                         equals_ignoring_case(local.substr(0, known.size()), known);
  return std::string(begins_so ? local.substr(known.size()) : "");
}

}  // namespace

Router::Router(const Policy& policy, Evaluator& evaluator, std::vector<Step>& trace)
    : policy_(policy), evaluator_(evaluator), trace_(trace) {}

std::vector<Destination> Router::route(ListId list) {
  follow(list, 0, {*evaluator_.facts.recipient, true, true, 0, {}});
  return std::move(destinations_);
}

void Router::follow(ListId list, std::size_t from, const Standing& standing) {
  if (standing.rewritings > policy_.rewrite_limit || destinations_.size() > destination_limit) {
    return end(Fate::dropped, standing);
  }
  if (from == 0 && comes_again(list, standing)) {
    return follow(policy_.lists.at(list).again->list, 0, standing);
  }
  const auto before = std::exchange(evaluator_.facts.recipient, standing.address);
  const auto& rules = policy_.lists.at(list).rules;
  bool ended = false;
  for (std::size_t index = from; index < rules.size() && !ended; ++index) {
    ended = follow_rule(rules[index], list, index, standing);
  }
  if (!ended) end(Fate::handed_on, standing);
  evaluator_.facts.recipient = before;
}

bool Router::comes_again(ListId list, const Standing& standing) const {
  const auto& again = policy_.lists.at(list).again;
  return again &&
         std::any_of(standing.made_of.begin(), standing.made_of.end(), [&](const auto& one) {
           return one.first == list &&
                  (again->of_any || equals_ignoring_case(one.second, standing.address));
         });
}

// True if nothing behind this rule is for this recipient.
bool Router::follow_rule(const Rule& rule, ListId list, std::size_t index,
                         const Standing& standing) {
  if (evaluator_.is_suppressed(rule.origin)) return false;
  evaluator_.take_held();
  if (!evaluator_.holds(rule.when)) return false;
  std::optional<Match> found;
  if (rule.by_row) {
    found = evaluator_.match(*rule.by_row);
    if (!found) return false;
  }
  const Effect& effect = rule.by_row ? policy_.results.at(found->row.result) : rule.effect;
  if (std::holds_alternative<Nothing>(effect)) return false;
  Step step = step_for(policy_, rule, policy_.lists.at(list).name, found);
  step.result = Step::Result::passed;
  auto held = evaluator_.take_held();
  step.detail = std::move(held.detail);
  step.because = std::move(held.origins);
  trace_.push_back(std::move(step));
  if (const auto* ends = std::get_if<End>(&effect)) {
    end(ends->fate, standing);
  } else if (const auto* rewrite = std::get_if<Rewrite>(&effect)) {
    std::vector<Standing> targets;
    // What was found in a line of the header fills the template from that line.
    Standing from = standing;
    if (rule.by_row && rule.by_row->subject.field == Field::header) {
      from = {found->key, true, true, standing.rewritings, {}};
    }
    for (const auto transform : rewrite->transforms) {
      targets.push_back(by_transform(transform, from));
    }
    go_on(targets, rewrite->then, list, index, standing);
  } else if (const auto* as_row = std::get_if<RewriteAsRow>(&effect)) {
    go_on(found ? by_row(*found, *as_row, standing) : std::vector<Standing>{}, as_row->then, list,
          index, standing);
  } else if (const auto* mark = std::get_if<SetMark>(&effect)) {
    evaluator_.marks.at(mark->mark) = true;
    return false;
  } else if (const auto* run = std::get_if<Run>(&effect)) {
    follow(run->list, 0, standing);
  } else {
    end(Fate::dropped, standing);  // refused behind the reply: a bounce
  }
  return true;
}

void Router::go_on(const std::vector<Standing>& targets, ListId then, ListId list,
                   std::size_t index, const Standing& standing) {
  if (targets.empty()) return end(Fate::dropped, standing);
  const bool asks = policy_.lists.at(list).again.has_value();
  for (auto target : targets) {
    target.made_of = standing.made_of;
    if (asks) target.made_of.emplace_back(list, standing.address);
    if (!asks && equals_ignoring_case(target.address, standing.address)) {
      follow(list, index + 1, target);
    } else {
      follow(then, 0, target);
    }
  }
}

Router::Standing Router::by_transform(std::uint32_t index, const Standing& standing) const {
  const Transform& transform = policy_.transforms.at(index);
  Standing target = standing;
  target.address = transformed(policy_, transform, captured_from(transform, standing.address));
  ++target.rewritings;
  if (transform.rewritten) {
    const Holes holes = holes_of(*transform.rewritten);
    // A line of the header is the client's, whoever wrote the address that it takes the place of.
    const bool any = transform.rewritten->captured_in.has_value() || standing.local_chosen ||
                     standing.domain_chosen;
    target.local_chosen = holes.in_local && any;
    target.domain_chosen = holes.in_domain && any;
  } else if (policy_.is_routed && target.local_chosen &&
             domain_named(target.address) != domain_named(standing.address)) {
    target.domain_chosen = true;  // `user%elsewhere` names a domain by itself
  }
  return target;
}

// The line that a template's captures come from; the address itself where it says nothing else.
std::string Router::captured_from(const Transform& transform, const std::string& address) const {
  if (!transform.rewritten || !transform.rewritten->captured_in) return address;
  const auto& pattern = policy_.patterns.at(transform.rewritten->pattern.value());
  for (auto& text : texts_of(evaluator_.facts, *transform.rewritten->captured_in)) {
    if (pattern.matches(text).value_or(false)) return std::move(text);
  }
  return address;
}

std::vector<Router::Standing> Router::by_row(const Match& found, const RewriteAsRow& effect,
                                             const Standing& standing) const {
  const auto local = part_of(standing.address, Part::local);
  const auto extension = effect.extends ? extension_behind(found.key, local) : std::string();
  std::vector<Standing> targets;
  for (auto& address : policy_.addresses.targets(found.row.value, standing.address)) {
    // The owner wrote the domain; a local part that stayed is still the client's.
    const bool copied = equals_ignoring_case(part_of(address, Part::local), local);
    if (!copied && !extension.empty()) {
      address.insert(std::min(address.rfind('@'), address.size()), extension);
    }
    const bool chosen = standing.local_chosen && (copied || !extension.empty());
    targets.push_back({std::move(address), chosen, false, standing.rewritings + 1, {}});
  }
  return targets;
}

void Router::end(Fate fate, const Standing& standing) {
  destinations_.push_back({fate, standing.address, standing.domain_chosen});
  if (fate == Fate::handed_on && standing.domain_chosen && is_outside(standing.address)) {
    relays_ = true;
  }
}

bool Router::is_outside(const std::string& address) {
  const auto domain = part_of(address, Part::domain);
  // Nobody's mail goes to an address without one, nor past this machine for localhost; reach() asks
  // for more than that.
  if (domain.empty() || mail::is_at_or_below_unregistrable(domain)) return false;
  if (answers_for(policy_, domain)) return false;
  const auto before = std::exchange(evaluator_.facts.recipient, address);
  const bool claimed = std::any_of(policy_.premises.begin(), policy_.premises.end(),
                                   [&](ConditionId id) { return evaluator_.holds(id); });
  evaluator_.facts.recipient = before;
  return !claimed;
}

}  // namespace relayproof::policy
