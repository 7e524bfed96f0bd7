#include "policy/witness.h"

#include <array>
#include <map>
#include <variant>
#include <vector>

#include "policy/facts_of.h"
#include "policy/solve_check.h"

namespace relayproof::policy {
namespace {

// Names for examples (RFC 2606), of which one at least is nobody's whom the server answers for.
constexpr std::array<std::string_view, 3> outside_domains = {"example.net", "example.org",
                                                             "example.com"};
constexpr std::size_t earlier_limit = 8;

class Draft {
 public:
  Draft(const WitnessGround& from, const mail::IpAddress& seen)
      : from_(from), client_(seen), rest_(from.attempts) {}

  std::optional<Witness> finish();

 private:
  bool choose_session();
  bool choose(Group group);
  bool take(Group group, const Chosen& chosen);
  std::vector<Chosen> plain(Group group) const;
  std::vector<Chosen> plain_earlier() const;
  std::optional<std::string> null_sender() const;
  bool works(Diagram rest) { return from_.walk.clients(rest).contains(client_); }
  bool has_variables(Group group) const;
  bool any(Group group);
  Diagram unread_helo();
  bool is_flag_set(Flag flag) const;
  Attempt attempt() const;
  void fill_texts(Attempt& attempt) const;

  Diagrams& diagrams() const { return from_.ground.diagrams; }
  const Chosen& text_of(Group group) const { return chosen_.at(static_cast<std::size_t>(group)); }

  const WitnessGround& from_;
  mail::IpAddress client_;
  Diagram rest_;
  std::array<Chosen, group_count> chosen_;
  std::array<std::map<Variable, bool>, group_count> values_;
  bool complete_ = true;
};

bool Draft::has_variables(Group group) const {
  return !diagrams().is_leaf(rest_) && group_of(diagrams().top(rest_)) == group;
}

bool Draft::choose_session() {
  if (!has_variables(Group::session)) return true;
  const auto way = from_.walk.way(rest_, client_);
  if (!way) return false;
  for (const auto& literal : way->path) values_[0][literal.variable] = literal.holds;
  rest_ = way->exit;
  return true;
}

// With this text, if the attempt still works.
bool Draft::take(Group group, const Chosen& chosen) {
  const Range range = range_of(group);
  std::map<Variable, bool> values;
  bool known = true;
  const Diagram rest = diagrams().with(rest_, [&](Variable variable) -> std::optional<bool> {
    if (variable >= range.last) return std::nullopt;
    const auto value = from_.choices.value(variable, chosen);
    known = known && value.has_value();
    values[variable] = value.value_or(false);
    return values[variable];
  });
  if (!known || !works(rest)) return false;
  rest_ = rest;
  chosen_.at(static_cast<std::size_t>(group)) = chosen;
  values_.at(static_cast<std::size_t>(group)) = std::move(values);
  return true;
}

bool Draft::choose(Group group) {
  for (const auto& chosen : plain(group)) {
    if (take(group, chosen)) return true;
  }
  if (!has_variables(group)) return false;
  const auto way = from_.walk.way(rest_, client_);
  if (!way) return false;
  const bool may_be_absent = group == Group::helo || group == Group::names;
  const bool is_text = group != Group::header && !may_be_absent;
  complete_ = complete_ && (!is_text || way->chosen.text.has_value());
  chosen_.at(static_cast<std::size_t>(group)) = way->chosen;
  for (const auto& literal : way->path) {
    values_.at(static_cast<std::size_t>(group))[literal.variable] = literal.holds;
  }
  rest_ = way->exit;
  return true;
}

// How rules see the sender `<>`; nullopt: it is not taken.
std::optional<std::string> Draft::null_sender() const {
  const auto& addresses = from_.ground.policy.addresses;
  return addresses.read_sender ? read_address(addresses, Field::sender, "<>") : std::string();
}

std::vector<Chosen> Draft::plain(Group group) const {
  std::vector<Chosen> texts;
  const auto& policy = from_.ground.policy;
  const auto add = [&](std::string_view local) {
    for (const auto domain : outside_domains) {
      const auto text = std::string(local) + std::string(domain);
      const bool is_address = group != Group::helo;
      const auto field = group == Group::sender ? Field::sender : Field::recipient;
      if (answers_for(policy, domain) || (is_address && !arrives(policy, field, text))) continue;
      texts.push_back({text, false, {}});
    }
  };
  switch (group) {
    case Group::recipient:
      add("someone@");
      break;
    case Group::earlier:
      return plain_earlier();
    case Group::sender:
      if (const auto none = null_sender()) texts.push_back({*none, false, {}});
      add("stranger@");
      break;
    case Group::helo:
      add("client.");
      texts.push_back({});
      break;
    case Group::user:
      if (is_flag_set(Flag::authenticated)) return {{"someone", false, {}}};
      return {{}};
    default:
      texts.push_back({});
  }
  return texts;
}

std::vector<Chosen> Draft::plain_earlier() const {
  std::vector<Chosen> texts{text_of(Group::recipient)};
  for (const auto& domain : from_.ground.policy.answers_for) {
    texts.push_back({"postmaster@" + domain, false, {}});
    if (texts.size() >= earlier_limit) break;
  }
  return texts;
}

bool Draft::is_flag_set(Flag flag) const {
  if (flag == Flag::speaks_for_others) return from_.claims;
  for (const auto& [variable, value] : values_.front()) {
    const auto* meaning = from_.ground.predicates.meaning(variable);
    if (meaning == nullptr || meaning->kind != Predicate::Kind::flag) continue;
    if (meaning->flag == flag) return value;
  }
  return false;
}

void Draft::fill_texts(Attempt& attempt) const {
  const auto& addresses = from_.ground.policy.addresses;
  const auto spelt = [&](Group group) { return addresses.spell(text_of(group).text.value_or("")); };
  const auto& sender = text_of(Group::sender).text;
  if (!sender.value_or("").empty() && sender != null_sender()) {
    attempt.mail_from = spelt(Group::sender);
  }
  attempt.rcpt_to = spelt(Group::recipient);
  for (const auto& [variable, value] : values_.front()) {
    const auto* meaning = from_.ground.predicates.meaning(variable);
    if (value && meaning != nullptr && meaning->kind == Predicate::Kind::earlier_recipient) {
      attempt.after = {spelt(Group::earlier)};
    }
  }
}

Attempt Draft::attempt() const {
  Attempt attempt;
  attempt.client = client_;
  attempt.port = from_.ground.door.port;
  attempt.reverse_name = text_of(Group::names).text;
  attempt.name_confirmed = text_of(Group::names).confirmed;
  attempt.helo = text_of(Group::helo).text;
  attempt.headers = text_of(Group::header).headers;
  attempt.tls = is_flag_set(Flag::tls) || from_.ground.listener().tls_from_the_start;
  if (attempt.tls && is_flag_set(Flag::certificate)) {
    attempt.certificate = is_flag_set(Flag::certificate_trusted)
                              ? Attempt::Certificate::trusted
                              : Attempt::Certificate::self_signed;
  }
  if (is_flag_set(Flag::authenticated))
    attempt.user = text_of(Group::user).text.value_or("someone");
  fill_texts(attempt);
  return attempt;
}

// What is refused before the sender is read, whatever that is: of two clients that differ in HELO
// only, the one who is refused here has not said one that the server takes for a HELO.
Diagram Draft::unread_helo() {
  const auto& policy = from_.ground.policy;
  SymbolicEvaluator evaluator(from_.ground);
  evaluator.marks.assign(policy.marks.size(), Diagrams::nobody);
  Diagram refused = Diagrams::nobody;
  for (const auto& stage : from_.ground.listener().stages) {
    if (!stage.before_address) continue;
    for (const auto& rule : policy.lists.at(stage.list).rules) {
      if (rule.by_row || !std::holds_alternative<Refuse>(rule.effect)) continue;
      refused = diagrams().either(refused, evaluator.holds(rule.when, {}));
    }
  }
  return surely(diagrams(), refused);
}

// Whether it works for the same clients with any text of this group.
bool Draft::any(Group group) {
  const Diagram attempts =
      group == Group::helo ? diagrams().either(from_.attempts, unread_helo()) : from_.attempts;
  const Diagram others = diagrams().with(attempts, [&](Variable variable) {
    const Group of = group_of(variable);
    if (of == group) return std::optional<bool>();
    const auto& values = values_.at(static_cast<std::size_t>(of));
    const auto value = values.find(variable);
    return value == values.end() ? std::optional<bool>() : std::optional(value->second);
  });
  const Range all{range_of(Group::session).first, range_of(Group::names).last};
  return diagrams().leaf(rest_).is_subset_of(diagrams().leaf(diagrams().every(others, all)));
}

std::optional<Witness> Draft::finish() {
  if (!works(rest_) || !choose_session()) return std::nullopt;
  for (const Group group : {Group::recipient, Group::earlier, Group::header, Group::sender,
                            Group::helo, Group::user, Group::names}) {
    if (!choose(group)) return std::nullopt;
  }
  Witness witness;
  witness.attempt = attempt();
  witness.seen = diagrams().leaf(rest_);
  witness.any_helo = any(Group::helo);
  witness.any_sender = any(Group::sender);
  witness.needs_name = witness.attempt.reverse_name.has_value();
  witness.complete = complete_;
  return witness;
}

}  // namespace

std::optional<Witness> witness_for(const WitnessGround& from, const mail::IpAddress& seen) {
  return Draft(from, seen).finish();
}

}  // namespace relayproof::policy
