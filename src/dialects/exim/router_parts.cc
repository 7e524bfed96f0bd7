#include "dialects/exim/router_parts.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/lists.h"
#include "dialects/exim/rewriting.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;

// A prefix or suffix: `real-`, `+*`, `*-`.
std::string affix_pattern(std::string_view affix, bool is_prefix) {
  std::string text = is_prefix ? "^" : "";
  for (const char c : affix) {
    if (c == '*') {
      text += ".*?";
    } else {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) text += '\\';
      text += c;
    }
  }
  return is_prefix ? text : text + "$";
}

std::string affixes_pattern(std::string_view list, bool is_prefix) {
  std::string text;
  for (const auto& affix : items_of(list)) {
    text += (text.empty() ? "" : "|") + affix_pattern(affix, is_prefix);
  }
  return text;
}

std::optional<patterns::Pattern> affixes(const Instance& router, bool is_prefix) {
  const auto list = router.value(is_prefix ? "local_part_prefix" : "local_part_suffix");
  if (list.empty()) return std::nullopt;
  patterns::Options options;
  options.ignore_case = true;
  const auto compiled = patterns::Pattern::compile(affixes_pattern(list, is_prefix),
                                                   patterns::Flavour::pcre, options);
  return compiled ? std::optional(*compiled) : std::nullopt;
}

std::string without_affixes(std::string_view address,
                            const std::optional<patterns::Pattern>& prefix,
                            const std::optional<patterns::Pattern>& suffix) {
  const auto at = address.rfind('@');
  std::string local(address.substr(0, at));
  const std::string domain(at == std::string_view::npos ? "" : address.substr(at));
  if (prefix) {
    const auto found = prefix->captures(local);
    if (!found.empty() && found[0] && found[0]->size() < local.size()) {
      local.erase(0, found[0]->size());
    }
  }
  if (suffix) {
    const auto found = suffix->captures(local);
    if (!found.empty() && found[0] && found[0]->size() < local.size()) {
      local.erase(local.size() - found[0]->size());
    }
  }
  return local + domain;
}

ConditionId has_affix(Lowering& to, const Instance& router, const Operand& local, bool is_prefix) {
  const auto pattern = affixes(router, is_prefix);
  const auto* option = is_prefix ? "local_part_prefix_optional" : "local_part_suffix_optional";
  if (!pattern || router.is_on(option, false)) return to.builder.constant(true);
  if (local.fixed) return to.builder.constant(pattern->matches(*local.fixed).value_or(false));
  return to.builder.matches(*pattern, local.subject);
}

ConditionId is_local_user(Lowering& to, const Operand& local, const Scope& scope) {
  if (to.users) {
    if (local.fixed) {
      const auto same = [&](const std::string& user) {
        return equals_ignoring_case(user, *local.fixed);
      };
      return to.builder.constant(std::any_of(to.users->begin(), to.users->end(), same));
    }
    return to.builder.is_one_of(*to.users, local.subject, scope.origin);
  }
  std::vector<policy::Subject> about;
  if (!local.fixed) about.push_back(local.subject);
  return to.hidden("a local user of that name" + (local.fixed ? ' ' + *local.fixed : ""),
                   "the system's users are not in the configuration", scope, about, false);
}

// An option that is expanded on the way: a forced failure makes the router decline.
ConditionId is_not_forced_to_fail(Lowering& to, const Option& option, const Scope& scope) {
  const auto value = expand(to, option.value, scope);
  return each_case(to, value, [&](const Text& text) {
    if (text.kind == Text::Kind::failed) return to.builder.constant(false);
    const bool may_fail = text.kind == Text::Kind::hidden &&
                          (option.value.find("fail") != std::string::npos || text.is_owners);
    if (!may_fail) return to.builder.constant(true);
    return to.hidden(option.line.text, text.why, scope, mentioned_in(option.value, scope));
  });
}

bool is_literal_domain(const Operand& domain) {
  return domain.fixed && domain.fixed->starts_with('[');
}

ConditionId in_brackets(Lowering& to, const Operand& domain) {
  if (domain.fixed) return to.builder.constant(is_literal_domain(domain));
  const auto pattern = patterns::Pattern::compile("^\\[", patterns::Flavour::pcre, {});
  return to.builder.matches(*pattern, domain.subject);
}

// What the client sends as an address literal can be none where those are not taken.
ConditionId is_literal(Lowering& to, const Operand& domain) {
  const bool taken = to.config.is_on("allow_domain_literals", false) ||
                     !trim(to.config.value("percent_hack_domains")).empty();
  if (!domain.fixed && (!taken || !domain.subject.via.empty())) return to.builder.constant(false);
  return in_brackets(to, domain);
}

// DNS: whoever wants to be relayed names a domain that resolves, as nearly all do. Where he would
// rather have one that does not (`drop verify = recipient`), nobody knows: that is no screen, which
// another client gets past, since mail to what does not resolve goes nowhere.
ConditionId resolves(Lowering& to, const Operand& domain, const Scope& outer) {
  const auto no_literal = to.builder.negation(is_literal(to, domain));
  if (outer.sign == Sign::permit_if_true || outer.sign == Sign::refuse_if_false) return no_literal;
  Scope scope = outer;
  scope.sign = Sign::either;
  std::vector<policy::Subject> about;
  if (!domain.fixed) about.push_back(domain.subject);
  const auto asked =
      to.hidden("the domain" + (domain.fixed ? ' ' + *domain.fixed : "") + " has mail servers",
                "hangs on its DNS", scope, about, false);
  return to.builder.all({no_literal, asked});
}

ConditionId listed_in_route_list(Lowering& to, const Instance& router, const Operand& domain,
                                 const Scope& scope) {
  std::vector<ConditionId> any;
  for (const auto& item : items_of(router.value("route_list"), ';')) {
    const auto pattern = item.substr(0, item.find_first_of(" \t"));
    auto matches =
        pattern == "*" ? to.builder.constant(true) : domain_list(to, pattern, domain, scope);
    const auto hosts = trim(std::string_view(item).substr(pattern.size()));
    if (hosts.find("${") != std::string_view::npos) {
      const auto value = expand(to, hosts, scope);
      const auto given = each_case(to, value, [&](const Text& text) {
        if (text.kind == Text::Kind::failed) return to.builder.constant(false);
        if (const auto literal = text.literal()) return to.builder.constant(!literal->empty());
        return to.hidden(std::string(hosts), text.why, scope, mentioned_in(hosts, scope));
      });
      matches = to.builder.all({matches, given});
    }
    any.push_back(matches);
  }
  return to.builder.any(any);
}

ConditionId manual(Lowering& to, const Instance& router, const Operand& domain,
                   const Scope& scope) {
  const auto* data = router.find("route_data");
  if (data == nullptr) return listed_in_route_list(to, router, domain, scope);
  const auto value = expand(to, data->value, scope);
  return each_case(to, value, [&](const Text& text) {
    if (text.kind == Text::Kind::failed) return to.builder.constant(false);
    if (const auto literal = text.literal()) {
      return to.builder.constant(!trim(*literal).empty());
    }
    if (text.kind == Text::Kind::known) return to.builder.constant(true);
    return to.hidden(data->line.text, text.why, scope, mentioned_in(data->value, scope));
  });
}

}  // namespace

Operand stripped(Lowering& to, const Instance& router, const Operand& address) {
  const auto prefix = affixes(router, true);
  const auto suffix = affixes(router, false);
  if (!prefix && !suffix) return address;
  if (address.fixed) return Operand::text(without_affixes(*address.fixed, prefix, suffix));
  const std::string name = "without prefix " + std::string(router.value("local_part_prefix")) +
                           " and suffix " + std::string(router.value("local_part_suffix"));
  to.changes[name] = [prefix, suffix](std::string_view text) {
    return without_affixes(text, prefix, suffix);
  };
  Operand result = address;
  policy::Transform transform;
  transform.named = policy::Transform::Named{name, {}};
  result.subject.via.push_back(to.builder.transform(transform));
  return result;
}

std::optional<Hacked> percent_hacked(Lowering& to, const Operand& address) {
  const auto* option = to.config.find("percent_hack_domains");
  if (option == nullptr || trim(option->value).empty()) return std::nullopt;
  const auto local = address.part(Part::local);
  Scope scope;
  scope.line = option->line;
  const auto listed = domain_list(to, option->value, address.part(Part::domain), scope);
  if (address.fixed) {
    const auto percent = local.fixed->rfind('%');
    if (percent == std::string::npos) return std::nullopt;
    auto text = *local.fixed;
    text[percent] = '@';
    return Hacked{listed, Operand::text(text), std::nullopt};
  }
  const auto has_percent = patterns::Pattern::compile("%", patterns::Flavour::pcre, {});
  const auto parts =
      patterns::Pattern::compile("^(.*)%([^%@]*)@[^@]*$", patterns::Flavour::pcre, {});
  if (!has_percent || !parts) return std::nullopt;
  using Template = policy::Transform::Template;
  using Hole = Template::Hole;
  policy::Transform transform;
  transform.rewritten = Template{};
  transform.rewritten->pieces = {
      {"", Hole{Hole::Of::capture, 1}}, {"@", std::nullopt}, {"", Hole{Hole::Of::capture, 2}}};
  transform.rewritten->pattern = to.builder.pattern(*parts);
  Hacked hacked{to.builder.all({listed, to.builder.matches(*has_percent, local.subject)}), address,
                to.builder.transform(transform)};
  hacked.address.subject.part = Part::whole;
  hacked.address.subject.via.push_back(*hacked.transform);
  return hacked;
}

namespace {

// The message that is delivered has the sender that was made of the client's.
ConditionId is_of_senders(Lowering& to, const std::string& list, Purpose purpose,
                          const Scope& scope) {
  const auto sender =
      scope.sender_is_empty ? Operand::text("") : Operand::of({Field::sender, Part::whole, {}});
  if (purpose != Purpose::delivery || scope.sender_is_empty) {
    return address_list(to, list, sender, scope);
  }
  return after_rewriting(
      to, sender, Envelope::sender, scope, address_list(to, list, sender, scope),
      [&](const Operand& rewritten) { return address_list(to, list, rewritten, scope); });
}

}  // namespace

ConditionId is_used(Lowering& to, const Instance& router, const Operand& address, Purpose purpose,
                    const Scope& outer) {
  auto& builder = to.builder;
  if (purpose == Purpose::delivery && router.is_on("verify_only", false)) {
    return builder.constant(false);
  }
  const bool verify = router.is_on("verify", true);
  if ((purpose == Purpose::verify_sender && !router.is_on("verify_sender", verify)) ||
      (purpose == Purpose::verify_recipient && !router.is_on("verify_recipient", verify))) {
    return builder.constant(false);
  }
  const auto bare = stripped(to, router, address);
  Scope scope = outer;
  scope.address = bare;
  std::vector<ConditionId> all;
  all.push_back(has_affix(to, router, address.part(Part::local), true));
  all.push_back(has_affix(to, router, address.part(Part::local), false));
  for (const auto& option : router.options) {
    scope.line = option.line;
    scope.origin = 0;
    if (option.name == "domains") {
      all.push_back(domain_list(to, option.value, address.part(Part::domain), scope));
    } else if (option.name == "local_parts") {
      all.push_back(local_part_list(to, option.value, bare.part(Part::local), scope));
    } else if (option.name == "senders") {
      all.push_back(is_of_senders(to, option.value, purpose, scope));
    } else if (option.name == "check_local_user" && to_bool(option.value).value_or(true)) {
      all.push_back(is_local_user(to, bare.part(Part::local), scope));
    } else if (option.name == "condition") {
      all.push_back(is_true(to, expand(to, option.value, scope), option.line.text, scope, false));
    } else if (option.name == "address_data") {
      all.push_back(is_not_forced_to_fail(to, option, scope));
    } else if (option.name == "require_files") {
      all.push_back(to.hidden(option.line.text, "files of the system", scope, {}));
    }
  }
  return builder.all(all);
}

ConditionId handles(Lowering& to, const Instance& router, const Operand& address,
                    const Scope& outer) {
  Scope scope = outer;
  scope.address = stripped(to, router, address);
  scope.line = router.line;
  const auto driver = router.value("driver");
  const auto domain = address.part(Part::domain);
  if (driver == "accept") return to.builder.constant(true);
  if (driver == "dnslookup") return resolves(to, domain, scope);
  if (driver == "ipliteral") return in_brackets(to, domain);
  if (driver != "manualroute") {
    to.note(router.line, "what the router answers is not in the configuration", true);
  }
  if (driver == "manualroute") return manual(to, router, domain, scope);
  return to.hidden("router " + router.name, "what it answers is not in the configuration", scope,
                   {address.subject});
}

policy::Fate fate_of(const Lowering& from, const Instance& router) {
  const auto* transport = from.config.transport(router.value("transport"));
  const auto driver = transport == nullptr ? std::string_view() : transport->value("driver");
  if (driver == "smtp") return policy::Fate::handed_on;
  if (!driver.empty()) return policy::Fate::local;
  return router.value("driver") == "accept" ? policy::Fate::local : policy::Fate::handed_on;
}

}  // namespace relayproof::exim
