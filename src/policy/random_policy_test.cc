#include "policy/random_policy_test.h"

#include <algorithm>
#include <array>

namespace relayproof::policy {
namespace {

constexpr std::array<std::string_view, 4> networks = {"192.0.2.0/28", "192.0.2.16/28",
                                                      "192.0.2.32/28", "192.0.2.48/28"};
// The last one is in no table, and stands for all others.
constexpr std::array<std::string_view, 4> domains = {"example.com", "example.net", "example.org",
                                                     "example.edu"};
constexpr std::array<std::string_view, 3> local_keys = {"info", "example.net", "example.com"};

// Builds one policy.
class Builder {
 public:
  Builder(const Pick& pick, bool with_rewriting) : pick_(pick), with_rewriting_(with_rewriting) {}
  RandomPolicy build();

 private:
  bool chance(std::size_t one_in) { return pick_(one_in) == 0; }
  bool has(Feature feature) const { return made_.has(feature); }
  SmallPolicy& small() { return made_.small; }

  void choose_features();
  void add_listener();
  void add_results();
  Field field();
  Part part(Field field);
  std::uint32_t table(Part part);
  ConditionId atom();
  ConditionId text_atom();
  ConditionId flag_atom();
  ConditionId condition(std::size_t depth);
  Effect effect();
  Rule rule();
  std::vector<Rule> rules(std::size_t most);
  void add_route();
  Rule route_rule(ListId then);
  OriginId origin() { return static_cast<OriginId>(pick_(3)); }

  const Pick& pick_;
  bool with_rewriting_;
  RandomPolicy made_;
  std::vector<ListId> nested_;
};

// How many attempts there are to be tried.
std::size_t attempts_of(const std::set<Feature>& features) {
  const auto has = [&](Feature feature) { return features.contains(feature); };
  std::size_t to = 5;
  if (has(Feature::rewriting) || has(Feature::local_parts)) to *= 6;
  std::size_t all = has(Feature::earlier) ? to * (to + 1) : to;
  all *= has(Feature::helo) ? 5 : 2;
  all *= has(Feature::names) ? 8 : 1;
  for (const Feature five : {Feature::sender, Feature::authenticated}) all *= has(five) ? 5 : 1;
  return all * (has(Feature::tls) ? 3 : 1);
}

void Builder::choose_features() {
  constexpr std::size_t most = 2000;
  for (std::size_t count = pick_(4); count > 0; --count) {
    auto more = made_.features;
    more.insert(static_cast<Feature>(pick_(feature_count)));
    if (!with_rewriting_) more.erase(Feature::rewriting);
    if (attempts_of(more) <= most) made_.features = std::move(more);
  }
}

void Builder::add_listener() {
  auto& listener = small().listener();
  small().policy.origins.resize(3);
  small().policy.owned_names = {"example.org"};
  if (has(Feature::tls)) {
    listener.strangers_can.push_back(Flag::tls);
    listener.strangers_can.push_back(Flag::certificate);
  }
  if (has(Feature::authenticated)) listener.strangers_can.push_back(Flag::authenticated);
  for (const auto life : {Mark::Life::recipient, Mark::Life::message}) small().mark(life);
  if (!has(Feature::earlier)) small().policy.marks[1].life = Mark::Life::recipient;
  small().question("anything");
  small().question("screen", Question::Power::screen);
  small().question("about the sender");
  small().question("about the recipient");
  if (has(Feature::authenticated) && has(Feature::questions) && chance(2)) {
    listener.doubts.push_back({Flag::authenticated, 0});
  }
}

void Builder::add_results() {
  for (std::size_t count = 0; count < 3; ++count) small().result(effect());
}

Field Builder::field() {
  std::vector<Field> fields{Field::recipient};
  if (has(Feature::sender)) fields.push_back(Field::sender);
  if (has(Feature::helo)) fields.push_back(Field::helo);
  if (has(Feature::authenticated)) fields.push_back(Field::user);
  if (has(Feature::names)) {
    fields.push_back(Field::client_name);
    fields.push_back(Field::reverse_name);
  }
  return fields[pick_(fields.size())];
}

Part Builder::part(Field field) {
  if (field == Field::recipient && has(Feature::local_parts) && chance(2)) return Part::local;
  return field == Field::recipient || field == Field::sender ? Part::domain : Part::whole;
}

std::uint32_t Builder::table(Part part) {
  std::vector<std::pair<std::string, std::uint32_t>> rows;
  const auto result = [&] { return static_cast<std::uint32_t>(pick_(3)); };
  for (std::size_t place = 0; place < 3; ++place) {
    const auto key = part == Part::local ? local_keys.at(place) : domains.at(place);
    if (!chance(3)) rows.emplace_back(key, result());
  }
  return small().table(rows);
}

ConditionId Builder::text_atom() {
  const Field about = field();
  const Part of = part(about);
  std::vector<std::uint32_t> results;
  if (chance(2)) results.push_back(static_cast<std::uint32_t>(pick_(3)));
  return small().condition(Finds{table(of), {about, of, {}}, results}, origin());
}

ConditionId Builder::flag_atom() {
  std::vector<decltype(Condition::is)> kinds{HasMark{static_cast<std::uint32_t>(pick_(2))}};
  if (has(Feature::tls)) {
    kinds.emplace_back(IsSet{Flag::tls});
    kinds.emplace_back(IsSet{Flag::certificate});
  }
  if (has(Feature::authenticated)) kinds.emplace_back(IsSet{Flag::authenticated});
  if (has(Feature::earlier)) kinds.emplace_back(IsSet{Flag::several_recipients});
  if (has(Feature::helo)) kinds.emplace_back(Present{Field::helo});
  if (has(Feature::names)) kinds.emplace_back(Present{Field::client_name});
  const Subject sender{Field::sender, Part::domain, {}};
  const Subject recipient{Field::recipient, Part::domain, {}};
  if (has(Feature::questions)) {
    kinds.emplace_back(Unknown{static_cast<std::uint32_t>(pick_(2)), {}});
    if (has(Feature::sender)) kinds.emplace_back(Unknown{2, {sender}});
  }
  if (has(Feature::recipient_questions)) kinds.emplace_back(Unknown{3, {recipient}});
  return small().condition(kinds[pick_(kinds.size())]);
}

ConditionId Builder::atom() {
  switch (pick_(5)) {
    case 0:
      return small().condition(Constant{chance(2)});
    case 1:
    case 2:
      return small().condition(ClientIn{network(networks.at(pick_(networks.size())))}, origin());
    case 3:
      return text_atom();
    default:
      return flag_atom();
  }
}

ConditionId Builder::condition(std::size_t depth) {
  if (depth == 0 || chance(2)) return atom();
  if (chance(3)) return small().inverse(condition(depth - 1));
  const std::vector<ConditionId> parts{condition(depth - 1), condition(depth - 1)};
  return chance(2) ? small().condition(All{parts}) : small().condition(Any{parts});
}

Effect Builder::effect() {
  switch (pick_(6)) {
    case 0:
      return Nothing{};
    case 1:
      return SetMark{static_cast<std::uint32_t>(pick_(2))};
    case 2:
      if (!nested_.empty()) return Run{nested_[pick_(nested_.size())], chance(2), chance(2)};
      return Permit{};
    case 3:
    case 4:
      return Permit{};
    default:
      return Refuse{};
  }
}

Rule Builder::rule() {
  Rule made = SmallPolicy::rule(condition(2), effect());
  made.origin = origin();
  if (chance(4)) {
    const Field about = field();
    const Part of = part(about);
    made.by_row = Rule::ByRow{table(of), {about, of, {}}};
  }
  return made;
}

std::vector<Rule> Builder::rules(std::size_t most) {
  std::vector<Rule> made;
  for (std::size_t count = pick_(most + 1); count > 0; --count) made.push_back(rule());
  return made;
}

Rule Builder::route_rule(ListId then) {
  Effect what = End{static_cast<Fate>(pick_(3))};
  if (has(Feature::rewriting) && chance(2)) {
    static const std::array<std::vector<std::string>, 5> forms = {{{"x@", "[local]"},
                                                                   {"[local]", "@example.net"},
                                                                   {"[domain]", "@example.edu"},
                                                                   {"[local]", "@", "[domain]"},
                                                                   {"someone@", "[domain]"}}};
    std::vector<std::uint32_t> transforms{small().transform(forms.at(pick_(forms.size())))};
    if (chance(3)) transforms.push_back(small().transform(forms.at(pick_(forms.size()))));
    what = Rewrite{transforms, then};
  } else if (chance(4)) {
    what = SetMark{static_cast<std::uint32_t>(pick_(2))};
  }
  return SmallPolicy::rule(condition(1), what);
}

void Builder::add_route() {
  const auto end = small().list("end", {});
  for (std::size_t count = pick_(3); count > 0; --count) {
    small().policy.lists[end].rules.push_back(
        SmallPolicy::rule(condition(1), End{static_cast<Fate>(pick_(3))}));
  }
  const auto route = small().listener().route;
  for (std::size_t count = pick_(4); count > 0; --count) {
    Rule made = route_rule(end);
    small().policy.lists[route].rules.push_back(std::move(made));
  }
}

RandomPolicy Builder::build() {
  choose_features();
  add_listener();
  add_results();
  for (std::size_t count = pick_(3); count > 0; --count) {
    const auto made = rules(2);
    nested_.push_back(small().list("nested", made));
  }
  const std::array moments = {Moment::connect, Moment::helo, Moment::mail,       Moment::rcpt,
                              Moment::rcpt,    Moment::data, Moment::end_of_data};
  for (const auto moment : moments) {
    if (!chance(moment == Moment::rcpt ? 1 : 3)) continue;
    const auto made = rules(3);
    small().stage(moment, made);
  }
  if (chance(2)) small().stage(Moment::rcpt, {small().gate()});
  add_route();
  return std::move(made_);
}

std::vector<std::string> recipients(const RandomPolicy& policy) {
  std::vector<std::string> locals{"someone"};
  if (policy.has(Feature::local_parts)) locals.emplace_back("info");
  if (policy.has(Feature::local_parts) || policy.has(Feature::rewriting)) {
    locals.insert(locals.end(), domains.begin(), domains.end());
  }
  std::vector<std::string> all;
  for (const auto& local : locals) {
    for (const auto domain : domains) {
      all.push_back('<' + local + '@' + std::string(domain) + '>');
    }
    all.push_back('<' + local + "@sub.example.com>");  // its own, and in no table
  }
  return all;
}

// Each attempt so far, in every variation.
template <class Value, class Set>
void vary(std::vector<Attempt>& attempts, const std::vector<Value>& values, Set&& set) {
  std::vector<Attempt> all;
  for (const auto& attempt : attempts) {
    for (const auto& value : values) {
      all.push_back(attempt);
      set(all.back(), value);
    }
  }
  attempts = std::move(all);
}

void vary_names(std::vector<Attempt>& all) {
  std::vector<std::pair<std::string, bool>> names{{"", false}};
  for (const auto domain : domains) {
    names.emplace_back(domain, false);
    if (domain != "example.com") names.emplace_back(domain, true);
  }
  vary(all, names, [](Attempt& attempt, const auto& name) {
    if (!name.first.empty()) attempt.reverse_name = name.first;
    attempt.name_confirmed = name.second;
  });
}

}  // namespace

std::vector<ClientClass> client_classes() {
  std::vector<ClientClass> classes;
  mail::IpSet others = mail::IpSet::all();
  for (const auto text : networks) {
    classes.push_back({network(text), *network(text).example()});
    others = others - network(text);
  }
  classes.push_back({others, address("203.0.113.7")});
  return classes;
}

RandomPolicy random_policy(const Pick& pick, bool with_rewriting) {
  return Builder(pick, with_rewriting).build();
}

RandomPolicy changed(const RandomPolicy& policy, const Pick& pick) {
  RandomPolicy other = policy;
  auto& lists = other.small.policy.lists;
  auto& rules = lists[pick(lists.size())].rules;
  if (!rules.empty() && pick(3) != 0) {
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(pick(rules.size())));
  } else {
    const auto networks_left = other.small.client_in(networks.at(pick(networks.size())));
    rules.insert(rules.begin(), SmallPolicy::rule(networks_left, pick(2) == 0 ? Effect(Permit{})
                                                                              : Effect(Refuse{})));
  }
  return other;
}

std::vector<Attempt> attempts(const RandomPolicy& policy, const mail::IpAddress& client) {
  std::vector<Attempt> all(1);
  all[0].client = client;
  const auto to = recipients(policy);
  vary(all, to, [](Attempt& attempt, const std::string& text) { attempt.rcpt_to = text; });
  if (policy.has(Feature::earlier)) {
    std::vector<std::vector<std::string>> before{{}};
    for (const auto& text : to) before.push_back({text});
    vary(all, before, [](Attempt& attempt, const auto& texts) { attempt.after = texts; });
  }
  const std::vector<std::string> texts(domains.begin(), domains.end());
  if (policy.has(Feature::sender)) {
    vary(all,
         std::vector<std::string>{"", "a@example.com", "a@example.net", "a@example.org",
                                  "a@example.edu"},
         [](Attempt& attempt, const std::string& text) { attempt.mail_from = '<' + text + '>'; });
  }
  if (policy.has(Feature::helo)) {
    std::vector<std::optional<std::string>> said{std::nullopt};
    said.insert(said.end(), texts.begin(), texts.end());
    vary(all, said, [](Attempt& attempt, const auto& text) { attempt.helo = text; });
  } else {
    // A stage at HELO can be there even if no rule asks what was said.
    vary(all, std::vector<std::optional<std::string>>{std::nullopt, "example.edu"},
         [](Attempt& attempt, const auto& text) { attempt.helo = text; });
  }
  if (policy.has(Feature::authenticated)) {
    std::vector<std::optional<std::string>> users{std::nullopt};
    users.insert(users.end(), texts.begin(), texts.end());
    vary(all, users, [](Attempt& attempt, const auto& text) { attempt.user = text; });
  }
  if (policy.has(Feature::tls)) {
    using Certificate = Attempt::Certificate;
    vary(all, std::vector<int>{0, 1, 2}, [](Attempt& attempt, int level) {
      attempt.tls = level > 0;
      attempt.certificate = level > 1 ? Certificate::self_signed : Certificate::none;
    });
  }
  if (policy.has(Feature::names)) vary_names(all);
  return all;
}

bool needs_foreign_name(const RandomPolicy&, const Attempt& attempt) {
  return attempt.name_confirmed && attempt.reverse_name == "example.org";
}

std::string to_string(const RandomPolicy& policy) { return print(policy.small.policy); }

std::string to_string(const Attempt& attempt) {
  std::string text = attempt.client.to_string() + ' ' + attempt.mail_from + ' ' + attempt.rcpt_to;
  text += " helo=" + attempt.helo.value_or("none") + " user=" + attempt.user.value_or("none");
  text += " name=" + attempt.reverse_name.value_or("none");
  text += attempt.name_confirmed ? " confirmed" : "";
  text += attempt.tls ? " tls" : "";
  for (const auto& earlier : attempt.after) text += " after=" + earlier;
  return text;
}

}  // namespace relayproof::policy
