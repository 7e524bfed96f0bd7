#include "dialects/exim/acl.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/acl_variables.h"
#include "dialects/exim/expand.h"
#include "dialects/exim/lists.h"
#include "dialects/exim/verify.h"
#include "policy/rule.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Moment;
using policy::Part;

constexpr std::size_t nesting_limit = 20;

enum class When : std::uint8_t { any, from_helo, from_mail, at_rcpt, at_end };

// What a condition asks, and when it may be asked (elsewhere the ACL gives 451).
struct Asked {
  std::string_view name;
  When when;
  bool expanded;  ///< at once: a forced failure makes Exim pass over the condition
  std::optional<bool> true_is_bad;
};
constexpr auto asked = std::to_array<Asked>({
    {"acl", When::any, false, {}},
    {"authenticated", When::from_mail, false, {}},
    {"condition", When::any, true, {}},
    {"dcc", When::at_end, true, true},
    {"demime", When::at_end, true, true},
    {"dkim_signers", When::at_end, true, {}},
    {"dkim_status", When::at_end, true, {}},
    {"dmarc_status", When::at_end, true, {}},
    {"dnslists", When::any, true, true},
    {"domains", When::at_rcpt, false, {}},
    {"encrypted", When::from_helo, false, {}},
    {"hosts", When::any, false, {}},
    {"local_parts", When::at_rcpt, false, {}},
    {"malware", When::at_end, true, true},
    {"mime_regex", When::at_end, true, true},
    {"ratelimit", When::any, true, true},
    {"recipients", When::at_rcpt, false, {}},
    {"regex", When::at_end, true, true},
    {"seen", When::any, true, {}},
    {"sender_domains", When::from_mail, false, {}},
    {"senders", When::from_mail, false, {}},
    {"spam", When::at_end, true, true},
    {"spf", When::any, true, {}},
    {"spf_guess", When::any, true, {}},
    {"verify", When::any, true, {}},
});

const Asked* find_asked(std::string_view name) {
  const auto found =
      std::find_if(asked.begin(), asked.end(), [&](const Asked& one) { return one.name == name; });
  return found == asked.end() ? nullptr : &*found;
}

bool may_ask(When when, Moment moment) {
  switch (when) {
    case When::any:
      return true;
    case When::from_helo:
      return moment >= Moment::helo;
    case When::from_mail:
      return moment >= Moment::mail;
    case When::at_rcpt:
      return moment == Moment::rcpt;
    case When::at_end:
      return moment == Moment::end_of_data;
  }
  return true;
}

// A reply's code may stand in front of the message: `message = 554 5.7.1 go away`.
policy::Answer answer_of(const Statement& statement, int code) {
  policy::Answer answer{code, ""};
  for (const auto& item : statement.items) {
    if (item.name != "message") continue;
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

class AclLowering {
 public:
  AclLowering(Lowering& to, Moment moment, std::uint16_t port)
      : to_(to), moment_(moment), port_(port) {}

  policy::ListId whole(const Acl& acl) {
    policy::List list{acl.name, {}};
    if (moment_ == Moment::rcpt) take_what_is_discarded(list);
    for (const auto& statement : acl.statements) lower(statement, list);
    const auto end = to_.origin(acl.line, acl.name);
    list.rules.push_back({builder().constant(true), policy::Refuse{{550, ""}}, std::nullopt, end,
                          "the end of the ACL denies"});
    return builder().list(std::move(list));
  }

  policy::ListId constant(std::string_view name, int refusal, std::string_view why) {
    policy::List list{std::string(name), {}};
    policy::Effect effect = policy::Permit{};
    if (refusal != 0) effect = policy::Refuse{{refusal, ""}};
    list.rules.push_back(
        {builder().constant(true), std::move(effect), std::nullopt, 0, std::string(why)});
    return builder().list(std::move(list));
  }

 private:
  PolicyBuilder& builder() { return to_.builder; }

  Scope scope_at(const Line& line, Sign sign) {
    Scope scope;
    scope.sign = sign;
    scope.port = port_;
    scope.line = line;
    scope.origin = 0;
    scope.has_sender = moment_ >= Moment::mail;
    if (moment_ == Moment::rcpt) {
      scope.address = Operand::of({Field::recipient, Part::whole, {}});
    }
    return scope;
  }

  // Recipients of a message that is thrown away are not asked about.
  void take_what_is_discarded(policy::List& list) {
    const auto& marks = builder().policy().marks;
    for (std::uint32_t index = 0; index < marks.size(); ++index) {
      if (marks[index].name != "message discarded") continue;
      list.rules.push_back({builder().has_mark(index), policy::Permit{}, std::nullopt, 0,
                            "the message is discarded"});
    }
  }

  static Sign sign_of(std::string_view verb) {
    if (verb == "accept") return Sign::permit_if_true;
    if (verb == "require") return Sign::refuse_if_false;
    if (verb == "deny" || verb == "drop" || verb == "defer" || verb == "discard") {
      return Sign::refuse_if_true;
    }
    return Sign::either;
  }

  void lower(const Statement& statement, policy::List& list) {
    std::vector<ConditionId> so_far;
    std::optional<std::size_t> endpass;
    for (const auto& item : statement.items) {
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
        so_far.push_back(condition(item, *known, sign_of(statement.verb)));
      }
    }
    finish(statement, so_far, endpass, list);
  }

  void finish(const Statement& statement, const std::vector<ConditionId>& all,
              std::optional<std::size_t> endpass, policy::List& list) {
    const auto& verb = statement.verb;
    const auto holds = builder().all(all);
    const bool may_discard =
        moment_ == Moment::mail || moment_ == Moment::rcpt || moment_ == Moment::end_of_data;
    if (verb == "discard" && !may_discard) {
      add(list, holds, policy::Refuse{{451, ""}}, statement.line, "discard cannot be used here");
    } else if (verb == "accept" || verb == "discard") {
      if (verb == "discard") {
        add(list, holds, policy::SetMark{discarded_mark(to_, moment_)}, statement.line, "discard");
      }
      add(list, holds, policy::Permit{}, statement.line, verb);
      if (!endpass) return;
      const auto reached =
          builder().all({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(*endpass)});
      add(list, reached, policy::Refuse{answer_of(statement, 550)}, statement.line,
          verb + " with endpass");
    } else if (verb == "require") {
      add(list, builder().negation(holds), policy::Refuse{answer_of(statement, 550)},
          statement.line, verb);
    } else if (verb == "defer") {
      add(list, holds, policy::Refuse{answer_of(statement, 451)}, statement.line, verb);
    } else if (verb == "deny" || verb == "drop") {
      add(list, holds, policy::Refuse{answer_of(statement, 550)}, statement.line, verb);
    }
  }

  void add(policy::List& list, ConditionId when, policy::Effect effect, const Line& line,
           std::string_view says) {
    if (builder().constant_value(when) == std::optional(false)) return;
    list.rules.push_back(
        {when, std::move(effect), std::nullopt, to_.origin(line, list.name), std::string(says)});
  }

  // What is held for ever does not go out.
  void control(const Statement& statement, const Item& item, const std::vector<ConditionId>& when,
               policy::List& list) {
    if (!item.value.starts_with("freeze")) return;
    const auto mark = builder().mark("frozen", policy::Mark::Life::message);
    add(list, builder().all(when), policy::SetMark{mark}, statement.line, "control = freeze");
  }

  ConditionId condition(const Item& item, const Asked& known, Sign sign) {
    const auto scope = scope_at(item.line, item.negated ? opposite(sign) : sign);
    const auto holds = positive(item, known, scope);
    return item.negated ? builder().negation(holds) : holds;
  }

  ConditionId positive(const Item& item, const Asked& known, const Scope& scope) {
    const auto recipient = Operand::of({Field::recipient, Part::whole, {}});
    const auto sender = Operand::of({Field::sender, Part::whole, {}});
    const auto& name = item.name;
    if (name == "hosts") return host_list(to_, item.value, scope);
    if (name == "domains") {
      return domain_list(to_, item.value, recipient.part(Part::domain), scope);
    }
    if (name == "local_parts") {
      return local_part_list(to_, item.value, recipient.part(Part::local), scope);
    }
    if (name == "recipients") return address_list(to_, item.value, recipient, scope);
    if (name == "senders") return address_list(to_, item.value, sender, scope);
    if (name == "sender_domains") {
      return domain_list(to_, item.value, sender.part(Part::domain), scope);
    }
    if (name == "authenticated") return authenticated(item, scope);
    if (name == "encrypted") return encrypted(item, scope);
    if (name == "acl") return nested(item, scope);
    const auto value = expand(to_, item.value, scope);
    if (name == "condition") return is_true(to_, value, item.line.text, scope, !item.negated);
    if (name == "verify") {
      return each_case(to_, value, [&](const Text& text) {
        const auto literal = text.literal();
        if (text.kind == Text::Kind::failed) return builder().constant(!item.negated);
        return literal ? lower_verify(to_, *literal, scope)
                       : to_.hidden(item.line.text, text.why, scope, {});
      });
    }
    return to_.hidden(item.line.text, "its answer is not in the configuration", scope,
                      {{Field::sender, Part::whole, {}}}, known.true_is_bad);
  }

  // A list of authenticators by their names.
  ConditionId authenticated(const Item& item, const Scope& scope) {
    const auto logged_in = builder().is_set(policy::Flag::authenticated);
    if (item.value == "*") return logged_in;
    std::size_t listed = 0;
    const auto names = items_of(item.value);
    for (const auto& authenticator : to_.config.authenticators) {
      for (const auto& one : names) {
        if (one == "*" || equals_ignoring_case(one, authenticator.name)) {
          ++listed;
          break;
        }
      }
    }
    if (listed == to_.config.authenticators.size() && listed > 0) return logged_in;
    if (listed == 0 && item.value.find_first_of("$^*!+") == std::string::npos) {
      return builder().constant(false);
    }
    return builder().all({logged_in, to_.hidden(item.line.text, "who logged in how is not told",
                                                scope, {{Field::user, Part::whole, {}}})});
  }

  ConditionId encrypted(const Item& item, const Scope& scope) {
    const auto tls = builder().is_set(policy::Flag::tls);
    if (item.value == "*") return tls;
    return builder().all({tls, to_.hidden(item.line.text, "the cipher is not told", scope, {})});
  }

  // An ACL as a condition: accepted or not.
  ConditionId nested(const Item& item, const Scope& scope) {
    const auto value = expand(to_, item.value.substr(0, item.value.find(' ')), scope);
    const auto literal = value.size() == 1 ? value[0].text.literal() : std::nullopt;
    const Acl* acl = literal ? to_.config.acl(*literal) : nullptr;
    if (acl == nullptr) {
      return to_.hidden(item.line.text, "the ACL is not known", scope, {});
    }
    if (depth_ >= nesting_limit) return builder().constant(false);
    ++depth_;
    auto result = builder().constant(false);
    for (std::size_t index = acl->statements.size(); index > 0; --index) {
      result = around(acl->statements[index - 1], result, scope.sign);
    }
    --depth_;
    return result;
  }

  // What the nested ACL answers from this statement on, given what it answers behind it.
  ConditionId around(const Statement& statement, ConditionId behind, Sign sign) {
    std::vector<ConditionId> all;
    // Whether it accepts grows with the conditions of an accept or a require, and falls with those
    // of a deny; in front of endpass with neither.
    const bool refuses =
        statement.verb == "deny" || statement.verb == "drop" || statement.verb == "defer";
    const bool has_endpass = std::any_of(statement.items.begin(), statement.items.end(),
                                         [](const Item& item) { return item.name == "endpass"; });
    const Sign mine = has_endpass ? Sign::either : refuses ? opposite(sign) : sign;
    std::optional<std::size_t> endpass;
    for (const auto& item : statement.items) {
      if (item.name == "endpass") endpass = all.size();
      const auto* known = find_asked(item.name);
      if (known == nullptr) continue;
      all.push_back(may_ask(known->when, moment_) ? condition(item, *known, mine)
                                                  : builder().constant(false));
    }
    const auto holds = builder().all(all);
    const auto yes = builder().constant(true);
    const auto no = builder().constant(false);
    const auto& verb = statement.verb;
    if (verb == "accept" || verb == "discard") {
      if (endpass) {
        behind = builder().choice(
            builder().all({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(*endpass)}), no,
            behind);
      }
      return builder().choice(holds, yes, behind);
    }
    if (verb == "require") return builder().all({holds, behind});
    if (verb == "warn") return behind;
    return builder().choice(holds, no, behind);
  }

  Lowering& to_;
  Moment moment_;
  std::uint16_t port_;
  std::size_t depth_ = 0;
};

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
