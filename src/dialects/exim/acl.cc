#include "dialects/exim/acl.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/acl_lowering.h"
#include "dialects/exim/acl_variables.h"
#include "dialects/exim/expand.h"
#include "dialects/exim/verify.h"
#include "policy/rule.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Moment;
using policy::Part;

// Set where a message has a recipient who is not thrown away: without any the last ACL is not
// asked.
constexpr std::string_view recipient_kept = "recipient kept";

// A reply's code may stand in front of the message: `message = 554 5.7.1 go away`. Only messages in
// front of the condition that ended the statement were seen: the first `items` of it.
policy::Answer answer_of(const Statement& statement, int code, std::size_t items) {
  policy::Answer answer{code, ""};
  for (std::size_t index = 0; index < std::min(items, statement.items.size()); ++index) {
    const auto& item = statement.items[index];
    if (item.name != "message") continue;
    answer = {code, ""};
    const std::string_view text = item.value;
    const bool digits = text.size() > 3 && text[0] == (code < 500 ? '4' : '5') &&
                        std::isdigit(static_cast<unsigned char>(text[1])) != 0 &&
                        std::isdigit(static_cast<unsigned char>(text[2])) != 0 && text[3] == ' ';
    if (!digits) continue;
    answer.code = std::stoi(std::string(text.substr(0, 3)));
    const auto rest = trim(text.substr(4));
    const auto word = rest.substr(0, rest.find(' '));
    if (std::count(word.begin(), word.end(), '.') == 2 &&
        word.find_first_not_of("0123456789.") == std::string_view::npos && word[0] == text[0]) {
      answer.enhanced = word;
    }
  }
  return answer;
}

}  // namespace

policy::ListId AclLowering::whole(const Acl& acl) {
  policy::List list{acl.name, {}};
  if (moment_ == Moment::rcpt || moment_ == Moment::end_of_data) take_what_is_discarded(list);
  for (const auto& statement : acl.statements) lower(statement, list);
  const auto end = to_.origin(acl.line, acl.name);
  list.rules.push_back({builder().constant(true), policy::Refuse{{550, ""}}, std::nullopt, end,
                        "the end of the ACL denies"});
  return builder().list(std::move(list));
}

policy::ListId AclLowering::constant(std::string_view name, int refusal, std::string_view why) {
  policy::List list{std::string(name), {}};
  policy::Effect effect = policy::Permit{};
  if (refusal != 0) effect = policy::Refuse{{refusal, ""}};
  list.rules.push_back(
      {builder().constant(true), std::move(effect), std::nullopt, 0, std::string(why)});
  return builder().list(std::move(list));
}

PolicyBuilder& AclLowering::builder() { return to_.builder; }

void AclLowering::take_what_is_discarded(policy::List& list) {
  const auto& marks = builder().policy().marks;
  for (std::uint32_t index = 0; index < marks.size(); ++index) {
    const bool whole = marks[index].name == "message discarded";
    const bool kept = marks[index].name == recipient_kept && moment_ == Moment::end_of_data;
    if (!whole && !kept) continue;
    const auto has = builder().has_mark(index);
    list.rules.push_back({whole ? has : builder().negation(has), policy::Permit{}, std::nullopt, 0,
                          whole ? "the message is discarded" : "no recipient is left"});
  }
}

bool AclLowering::may_discard_recipients() const {
  return std::any_of(to_.config.acls.begin(), to_.config.acls.end(), [](const Acl& acl) {
    return std::any_of(acl.statements.begin(), acl.statements.end(),
                       [](const Statement& one) { return one.verb == "discard"; });
  });
}

Sign AclLowering::sign_of(std::string_view verb) {
  if (verb == "accept") return Sign::permit_if_true;
  if (verb == "require") return Sign::refuse_if_false;
  if (verb == "deny" || verb == "drop" || verb == "defer" || verb == "discard") {
    return Sign::refuse_if_true;
  }
  return Sign::either;
}

void AclLowering::lower(const Statement& statement, policy::List& list) {
  std::vector<ConditionId> so_far;
  std::optional<std::size_t> endpass;
  std::vector<std::size_t> places;
  for (std::size_t index = 0; index < statement.items.size(); ++index) {
    const auto& item = statement.items[index];
    if (item.name == "endpass") {
      endpass = so_far.size();
    } else if (item.name == "control") {
      control(statement, item, so_far, list);
    } else if (item.name == "set" && to_.variables != nullptr) {
      for (const auto mark : to_.variables->marks_of(to_, item)) {
        add(list, builder().all(so_far), policy::SetMark{mark}, item.line, "set");
      }
    } else if (const auto* known = find_asked(item.name)) {
      if (!may_ask(known->when, moment_)) {
        add(list, builder().all(so_far), policy::Refuse{{451, ""}}, item.line,
            item.name + " cannot be tested here");
        so_far.push_back(builder().constant(false));
        break;
      }
      if (item.name == "verify" && statement.verb != "warn") {
        const auto defers = verify_defers(to_, item, scope_at(item.line, Sign::either));
        const auto before = builder().all(so_far);
        add(list, builder().all({before, defers}), policy::Refuse{{451, ""}}, item.line,
            "verify is deferred");
      }
      so_far.push_back(condition(item, *known, sign_of(statement.verb)));
      places.push_back(index);
    }
  }
  finish(statement, so_far, places, endpass, list);
}

void AclLowering::refuse_each(const Statement& statement, const std::vector<ConditionId>& all,
                              const std::vector<std::size_t>& places, std::size_t first,
                              std::string_view says, policy::List& list) {
  std::vector<ConditionId> before(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first));
  for (std::size_t index = first; index < places.size(); ++index) {
    auto when = before;
    when.push_back(builder().negation(all[index]));
    add(list, builder().all(when), policy::Refuse{answer_of(statement, 550, places[index])},
        statement.line, says);
  }
}

void AclLowering::finish(const Statement& statement, const std::vector<ConditionId>& all,
                         const std::vector<std::size_t>& places, std::optional<std::size_t> endpass,
                         policy::List& list) {
  const auto everything = statement.items.size();
  const auto& verb = statement.verb;
  const auto holds = builder().all(all);
  const bool may_discard =
      moment_ == Moment::mail || moment_ == Moment::rcpt || moment_ == Moment::end_of_data;
  if (verb == "discard" && !may_discard) {
    add(list, holds, policy::Refuse{{451, ""}}, statement.line, "discard cannot be used here");
  } else if (verb == "accept" || verb == "discard") {
    if (verb == "discard") {
      add(list, holds, policy::SetMark{discarded_mark(to_, moment_)}, statement.line, "discard");
    } else if (moment_ == Moment::rcpt && may_discard_recipients()) {
      const auto kept = builder().mark(std::string(recipient_kept), policy::Mark::Life::message);
      add(list, holds, policy::SetMark{kept}, statement.line, "accept");
    }
    add(list, holds, policy::Permit{}, statement.line, verb);
    if (!endpass) return;
    refuse_each(statement, all, places, *endpass, verb + " with endpass", list);
  } else if (verb == "require") {
    refuse_each(statement, all, places, 0, verb, list);
  } else if (verb == "defer") {
    add(list, holds, policy::Refuse{answer_of(statement, 451, everything)}, statement.line, verb);
  } else if (verb == "deny" || verb == "drop") {
    add(list, holds, policy::Refuse{answer_of(statement, 550, everything)}, statement.line, verb);
  }
}

void AclLowering::add(policy::List& list, ConditionId when, policy::Effect effect, const Line& line,
                      std::string_view says) {
  if (builder().constant_value(when) == std::optional(false)) return;
  list.rules.push_back(
      {when, std::move(effect), std::nullopt, to_.origin(line, list.name), std::string(says)});
}

void AclLowering::control(const Statement& statement, const Item& item,
                          const std::vector<ConditionId>& when, policy::List& list) {
  if (!item.value.starts_with("freeze")) return;
  const auto mark = builder().mark("frozen", policy::Mark::Life::message);
  add(list, builder().all(when), policy::SetMark{mark}, statement.line, "control = freeze");
}

namespace {

// An ACL that is written in the option itself: `acl_smtp_rcpt = accept`.
Acl inline_acl(const Option& option, std::string_view text) {
  Config config;
  Lines lines;
  lines.lines.push_back({"begin acl", option.line.where});
  lines.lines.push_back({option.name + ":", option.line.where});
  for (const auto line : split(text, '\n')) {
    if (!trim(line).empty()) lines.lines.push_back({std::string(trim(line)), option.line.where});
  }
  config = parse(std::move(lines), option.line.where.file);
  return config.acls.empty() ? Acl{} : config.acls.front();
}

}  // namespace

std::uint32_t discarded_mark(Lowering& to, Moment moment) {
  const bool one = moment == Moment::rcpt;
  return to.builder.mark(one ? "recipient discarded" : "message discarded",
                         one ? policy::Mark::Life::recipient : policy::Mark::Life::message);
}

std::optional<policy::ListId> lower_acl(Lowering& to, std::string_view name, Moment moment,
                                        std::uint16_t port) {
  const auto* option = to.config.find(name);
  if (option == nullptr) return std::nullopt;
  AclLowering lowering(to, moment, port);
  if (to.variables != nullptr) to.variables->moment = moment;
  Scope scope;
  scope.port = port;
  scope.line = option->line;
  const auto value = expand(to, option->value, scope);
  const auto literal = value.size() == 1 ? value[0].text.literal() : std::nullopt;
  if (value.size() == 1 && value[0].text.kind == Text::Kind::failed) {
    return lowering.constant(name, 0, "the name's expansion is forced to fail");
  }
  if (!literal) {
    to.note(option->line, "which ACL is asked is not in the configuration", true);
    return lowering.constant(name, 0, "an ACL that is not known");
  }
  const auto text = trim(*literal);
  if (text.empty()) return lowering.constant(name, 550, "an empty ACL denies");
  if (const auto* acl = to.config.acl(text)) return lowering.whole(*acl);
  if (text.find(' ') == std::string_view::npos && text.starts_with('/')) {
    const auto content = to.files.read(std::string(text));
    if (content) return lowering.whole(inline_acl(*option, **content));
    to.note(option->line, "the ACL's file is not there", true);
    return lowering.constant(name, 0, "an ACL that is not known");
  }
  const auto acl = inline_acl(*option, text);
  if (!acl.statements.empty()) return lowering.whole(acl);
  // Exim answers 451 to everybody.
  to.note(option->line, "there is no ACL of that name", false);
  return lowering.constant(name, 451, "there is no ACL of that name");
}

}  // namespace relayproof::exim
