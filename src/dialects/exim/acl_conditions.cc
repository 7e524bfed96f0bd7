// What the conditions of an ACL ask.
#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "dialects/exim/acl_lowering.h"
#include "dialects/exim/expand.h"
#include "dialects/exim/lists.h"
#include "dialects/exim/verify.h"

namespace relayproof::exim {

using policy::ConditionId;
using policy::Field;
using policy::Moment;
using policy::Part;

namespace {

constexpr std::size_t nesting_limit = 20;

constexpr auto asked = std::to_array<Asked>({
    {"acl", When::any, {}},
    {"authenticated", When::from_mail, {}},
    {"condition", When::any, {}},
    {"dcc", When::at_end, true},
    {"demime", When::at_end, true},
    {"dkim_signers", When::at_end, {}},
    {"dkim_status", When::at_end, {}},
    {"dmarc_status", When::at_end, {}},
    {"dnslists", When::any, true},
    {"domains", When::at_rcpt, {}},
    {"encrypted", When::from_mail, {}},
    {"hosts", When::any, {}},
    {"local_parts", When::at_rcpt, {}},
    {"malware", When::at_end, true},
    {"mime_regex", When::at_end, true},
    {"ratelimit", When::any, true},
    {"recipients", When::at_rcpt, {}},
    {"regex", When::at_end, true},
    {"seen", When::any, {}},
    {"sender_domains", When::from_mail, {}},
    {"senders", When::from_mail, {}},
    {"spam", When::at_end, true},
    {"spf", When::any, {}},
    {"spf_guess", When::any, {}},
    {"verify", When::any, {}},
});

}  // namespace

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

Scope AclLowering::scope_at(const Line& line, Sign sign) {
  Scope scope;
  scope.sign = sign;
  scope.port = port_;
  scope.line = line;
  scope.origin = 0;
  scope.has_helo = moment_ >= Moment::helo;
  scope.has_login = scope.has_sender = moment_ >= Moment::mail;
  if (moment_ == Moment::rcpt) {
    scope.address = Operand::of({Field::recipient, Part::whole, {}});
  }
  return scope;
}

ConditionId AclLowering::condition(const Item& item, const Asked& known, Sign sign) {
  const auto scope = scope_at(item.line, item.negated ? opposite(sign) : sign);
  const auto holds = positive(item, known, scope);
  return item.negated ? builder().negation(holds) : holds;
}

ConditionId AclLowering::positive(const Item& item, const Asked& known, const Scope& scope) {
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

ConditionId AclLowering::authenticated(const Item& item, const Scope& scope) {
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

ConditionId AclLowering::encrypted(const Item& item, const Scope& scope) {
  const auto tls = builder().is_set(policy::Flag::tls);
  if (item.value == "*") return tls;
  return builder().all({tls, to_.hidden(item.line.text, "the cipher is not told", scope, {})});
}

ConditionId AclLowering::nested(const Item& item, const Scope& scope) {
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

ConditionId AclLowering::around(const Statement& statement, ConditionId behind, Sign sign) {
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

}  // namespace relayproof::exim
