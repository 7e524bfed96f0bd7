#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "dialects/exim/expand.h"
#include "dialects/exim/list_lowering.h"
#include "dialects/exim/lookups.h"
#include "mail/domain.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;
using Kind = NamedList::Kind;

constexpr std::size_t depth_limit = 30;
constexpr std::string_view stranger = "stranger-who-names-us-as-mx.example";

std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) result += '\\';
    result += c;
  }
  return result;
}

// The parts between colons that stand outside braces; none where an item is negated, or the list
// has a separator of its own.
std::vector<std::string_view> written_parts(std::string_view list) {
  if (trim(list).starts_with('<')) return {};
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  std::size_t depth = 0;
  for (std::size_t at = 0; at <= list.size(); ++at) {
    const char c = at < list.size() ? list[at] : ':';
    if (c == '{') ++depth;
    if (c == '}' && depth > 0) --depth;
    if (c != ':' || (depth > 0 && at < list.size())) continue;
    // A doubled colon is none.
    if (at + 1 < list.size() && list[at + 1] == ':') {
      ++at;
      continue;
    }
    const auto part = trim(list.substr(begin, at - begin));
    begin = at + 1;
    if (part.starts_with('!')) return {};
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

ConditionId by_subject(Lowering& to, Kind kind, std::string_view list, const Operand& subject,
                       const Scope& scope) {
  return ListLowering(to, kind, scope, subject).expanded(list);
}

void collect_domains(const Lowering& from, std::string_view list, std::size_t depth,
                     std::vector<std::string>& domains) {
  if (depth > depth_limit || list.find('$') != std::string_view::npos) return;
  for (const auto& item : items_of(list)) {
    if (item.empty() || item.front() == '!' || item.front() == '^') continue;
    if (item.front() == '+') {
      const auto* named = from.config.list(Kind::domain, item.substr(1));
      if (named != nullptr) collect_domains(from, named->value, depth + 1, domains);
    } else if (item == "@") {
      domains.push_back(from.primary_hostname());
    } else if (item.starts_with("*.")) {
      domains.push_back(item.substr(1));
    } else if (is_host_name(item)) {
      domains.push_back(item);
    }
  }
}

}  // namespace

bool is_host_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
  });
}

ListLowering::ListLowering(Lowering& to, Kind kind, Scope scope, Operand subject_of)
    : subject(std::move(subject_of)), to_(to), kind_(kind), scope_(std::move(scope)) {
  scope_.lists_domains =
      kind == Kind::domain && !subject.fixed && subject.subject.field == Field::recipient;
}

ConditionId ListLowering::expanded(std::string_view list) {
  // What the list hangs on is no list of domains itself.
  Scope outer = scope_;
  outer.lists_domains = false;
  outer.sign = Sign::either;
  const auto value = expand(to_, list, outer);
  const bool is_hidden = std::any_of(value.begin(), value.end(), [](const Case& one) {
    return one.text.kind == Text::Kind::hidden;
  });
  if (is_hidden && kind_ != Kind::host) {
    const auto parts = written_parts(list);
    if (parts.size() > 1) return any_of(parts);
  }
  return each_case(to_, value, [&](const Text& text) {
    if (text.kind == Text::Kind::failed) return builder().constant(false);
    const auto literal = text.literal();
    if (literal) return of_items(items_of(*literal));
    const auto operand = text.operand();
    if (operand && kind_ != Kind::host) return same(*operand);
    const bool before = std::exchange(scope_.lists_domains, scope_.lists_domains && text.is_owners);
    const auto asked =
        hidden(std::string(list), text.why.empty() ? "is not written down" : text.why);
    scope_.lists_domains = before;
    return asked;
  });
}

ConditionId ListLowering::any_of(const std::vector<std::string_view>& parts) {
  if (++depth_ > depth_limit) return hidden("a list", "lists are nested too deep");
  std::vector<ConditionId> any;
  for (const auto part : parts) any.push_back(expanded(part));
  --depth_;
  return builder().any(any);
}

// A list of one item that the client chose.
ConditionId ListLowering::same(const Operand& other) {
  if (subject.fixed) return hidden("a list", "hangs on what the client says");
  return builder().condition(policy::Same{subject.subject, other.subject});
}

ConditionId ListLowering::hidden(const std::string& name, const std::string& why) {
  std::vector<policy::Subject> about;
  if (kind_ != Kind::host && !subject.fixed) about.push_back(subject.subject);
  return to_.hidden(name, why, scope_, about);
}

ConditionId ListLowering::of_items(const std::vector<std::string>& items) {
  if (++depth_ > depth_limit) return hidden("a list", "lists are nested too deep");
  const auto before = std::exchange(unknown_, Unknown::ends);
  std::vector<Item> seen;
  bool last_positive = true;
  for (const auto& text : items) add(text, seen, last_positive);
  auto result = builder().constant(!last_positive);
  for (std::size_t index = seen.size(); index > 0; --index) {
    const auto& item = seen[index - 1];
    result = builder().choice(holds(item), builder().constant(item.positive), result);
    if (!item.may_fail || item.unknown == Unknown::ignored) continue;
    const bool included = item.unknown == Unknown::included;
    result = builder().choice(item.fails, builder().constant(included), result);
  }
  unknown_ = before;
  --depth_;
  return result;
}

ConditionId ListLowering::holds(const Item& item) {
  if (!item.texts.empty()) return builder().is_one_of(item.texts, subject.subject, item.origin);
  if (item.clients.empty()) return item.holds;
  mail::IpSetBuilder clients;
  for (const auto& piece : item.clients) clients.add(piece);
  return builder().client_in(clients.build(), item.origin);
}

// Joined to the item before, if both are plain and say the same.
void ListLowering::push(Item item, std::vector<Item>& to) const {
  item.unknown = unknown_;
  if (to.empty() || to.back().positive != item.positive || to.back().origin != item.origin) {
    to.push_back(std::move(item));
    return;
  }
  auto& last = to.back();
  if (!last.texts.empty() && !item.texts.empty()) {
    last.texts.push_back(std::move(item.texts.front()));
  } else if (!last.clients.empty() && !item.clients.empty()) {
    last.clients.push_back(std::move(item.clients.front()));
  } else {
    to.push_back(std::move(item));
  }
}

void ListLowering::add(std::string_view text, std::vector<Item>& to, bool& last_positive) {
  if (kind_ == Kind::host && (text == "+include_unknown" || text == "+ignore_unknown")) {
    unknown_ = text == "+include_unknown" ? Unknown::included : Unknown::ignored;
    return;
  }
  if (text == "+caseful" || text == "+include_defer" || text == "+ignore_defer") return;
  Item item;
  item.origin = scope_.origin;
  if (text.starts_with('!')) {
    item.positive = false;
    text = trim(text.substr(1));
  }
  last_positive = item.positive;
  const Sign before = scope_.sign;
  if (!item.positive) scope_.sign = opposite(before);
  if (text.starts_with('/')) {
    add_file(text, item.positive, to, last_positive);
  } else {
    if (text.starts_with('+')) {
      item.holds = named(text.substr(1));
    } else {
      one(text, item);
    }
    push(std::move(item), to);
  }
  scope_.sign = before;
}

// A file of items (section 10.3).
void ListLowering::add_file(std::string_view name, bool positive, std::vector<Item>& to,
                            bool& last_positive) {
  const auto content = to_.files.read(std::string(name));
  if (!content) {
    Item item;
    item.positive = positive;
    item.holds = hidden(std::string(name), "the file is not there");
    return push(std::move(item), to);
  }
  to_.table_files.insert(std::string(name));
  const auto origin = scope_.origin;
  std::size_t number = 0;
  for (auto line : split(**content, '\n')) {
    ++number;
    auto hash = line.find('#');
    while (hash != std::string_view::npos && hash > 0 && line[hash - 1] != ' ' &&
           line[hash - 1] != '\t' && (kind_ == Kind::address || kind_ == Kind::local_part)) {
      hash = line.find('#', hash + 1);
    }
    line = trim(line.substr(0, hash));
    if (line.empty()) continue;
    scope_.origin = builder().origin({{std::string(name), number, 1}, std::string(line), "", ""});
    Item item;
    item.origin = scope_.origin;
    item.positive = positive;
    if (line.starts_with('!')) {
      item.positive = !positive;
      line = trim(line.substr(1));
    }
    last_positive = item.positive;
    one(line, item);
    push(std::move(item), to);
  }
  scope_.origin = origin;
}

ConditionId ListLowering::named(std::string_view name) {
  const auto* list = to_.config.list(kind_, name);
  if (list == nullptr) {
    to_.note(scope_.line, "the list +" + std::string(name) + " is not defined", true);
    return hidden('+' + std::string(name), "is not defined");
  }
  const Scope before = scope_;
  scope_.line = list->line;
  scope_.origin = to_.origin(list->line, list->name);
  if (++depth_ > depth_limit) {
    scope_ = before;
    return hidden('+' + std::string(name), "lists are nested too deep");
  }
  const auto result = expanded(list->value);
  --depth_;
  scope_ = before;
  return result;
}

// One that is only compared.
bool ListLowering::is_plain(std::string_view text) const {
  if (subject.fixed || text.empty() || text.find(';') != std::string_view::npos) return false;
  if (kind_ == Kind::address) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && text.rfind('@') == at &&
           at + 1 < text.size() && text.find_first_of("*^+") == std::string_view::npos;
  }
  return text.front() != '^' && text.front() != '*' &&
         (kind_ == Kind::local_part || text.front() != '@');
}

void ListLowering::one(std::string_view text, Item& item) {
  if (kind_ != Kind::host && is_plain(text)) {
    item.texts = {std::string(text)};
    return;
  }
  switch (kind_) {
    case Kind::domain:
      item.holds = pattern(text, subject, true);
      return;
    case Kind::local_part:
      item.holds = pattern(text, subject, false);
      return;
    case Kind::address:
      item.holds = address(text);
      return;
    case Kind::host:
      host(text, item);
      return;
  }
}

ConditionId ListLowering::regex(std::string_view text, const Operand& of) {
  patterns::Options options;
  options.ignore_case = true;
  const auto compiled = patterns::Pattern::compile(text, patterns::Flavour::pcre, options);
  if (!compiled) {
    to_.note(scope_.line, std::string(text) + " is no regular expression", true);
    return hidden(std::string(text), "is no regular expression");
  }
  if (of.fixed) return builder().constant(compiled->matches(*of.fixed).value_or(false));
  return builder().matches(*compiled, of.subject, scope_.origin);
}

ConditionId ListLowering::equal(std::string_view text, const Operand& of) {
  if (of.fixed) return builder().constant(equals_ignoring_case(*of.fixed, text));
  return builder().is_one_of({std::string(text)}, of.subject, scope_.origin);
}

// What domains and local parts are compared with.
ConditionId ListLowering::pattern(std::string_view text, const Operand& of, bool is_domain) {
  if (text.starts_with('^')) return regex(text, of);
  if (text == "*") {
    return of.fixed ? builder().constant(true) : builder().anything(of.subject, scope_.origin);
  }
  if (text.starts_with('*')) return regex(quoted(text.substr(1)) + "\\z", of);
  if (is_domain && text.starts_with('@')) {
    if (text == "@") return equal(to_.primary_hostname(), of);
    if (text == "@[]") return own_literal(of);
    if (starts_with_ignoring_case(text, "@mx_")) return named_as_mx(text, of);
  }
  const auto semicolon = text.find(';');
  if (semicolon == std::string_view::npos) return equal(text, of);
  return looked_up(text.substr(0, semicolon), trim(text.substr(semicolon + 1)), of);
}

ConditionId ListLowering::looked_up(std::string_view how, std::string_view file,
                                    const Operand& of) {
  const auto type = parse_lookup_type(how);
  if (!type) {
    const bool before = std::exchange(scope_.lists_domains, false);
    const auto asked = hidden(std::string(how) + ';' + std::string(file), "is not followed");
    scope_.lists_domains = before;
    return asked;
  }
  return is_found(to_, *type, std::string(file), of, scope_);
}

ConditionId ListLowering::own_literal(const Operand& of) {
  std::vector<std::string> literals;
  for (const auto& address : to_.own_addresses()) {
    literals.push_back('[' + address.to_string() + ']');
  }
  if (!of.fixed) return builder().is_one_of(literals, of.subject, scope_.origin);
  return builder().constant(std::find(literals.begin(), literals.end(), *of.fixed) !=
                            literals.end());
}

// A stranger owns a domain and its DNS, and names us there: the stand-in is never anybody else's.
ConditionId ListLowering::named_as_mx(std::string_view text, const Operand& of) {
  const bool before = std::exchange(scope_.lists_domains, false);
  const auto asked = hidden(std::string(text), "hangs on the DNS of the domain");
  scope_.lists_domains = before;
  if (of.fixed) return asked;
  return builder().any(
      {builder().is_one_of({std::string(stranger)}, of.subject, scope_.origin), asked});
}

ConditionId ListLowering::address(std::string_view text) {
  if (text.starts_with('^')) return regex(text, subject);
  std::size_t at = 0;
  while (at < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '-')) {
    ++at;
  }
  if (at < text.size() && text[at] == '*') ++at;
  if (at < text.size() && text[at] == '@') ++at;
  if (at < text.size() && text[at] == ';') {
    return looked_up(text.substr(0, at), trim(text.substr(at + 1)), subject);
  }
  if (text.empty()) return equal("", subject);
  if (text.starts_with("@@")) return hidden(std::string(text), "is not followed");
  auto divide = text.rfind('@');
  const auto domain = subject.part(Part::domain);
  const auto whole =
      divide == std::string_view::npos ? in_domain(text, domain) : parts(text, divide, domain);
  return builder().all({builder().negation(equal("", subject)), whole});
}

ConditionId ListLowering::parts(std::string_view text, std::size_t divide, const Operand& domain) {
  const auto tail = text.substr(divide + 1);
  auto local = text.substr(0, divide);
  std::string behind(tail);
  if (local.ends_with('@') && (tail.empty() || tail == "[]" || tail.starts_with("mx_"))) {
    local.remove_suffix(1);
    behind = '@' + behind;
  }
  const auto of_local = subject.part(Part::local);
  const auto first = local.starts_with('*')
                         ? (local == "*" ? builder().constant(true)
                                         : regex(quoted(local.substr(1)) + "\\z", of_local))
                         : equal(local, of_local);
  return builder().all({first, in_domain(behind, domain)});
}

ConditionId ListLowering::in_domain(std::string_view text, const Operand& domain) {
  if (!text.starts_with('+')) return pattern(text, domain, true);
  ListLowering list(to_, Kind::domain, scope_, domain);
  list.depth_ = depth_ + 1;
  return list.depth_ > depth_limit ? hidden(std::string(text), "lists are nested too deep")
                                   : list.named(text.substr(1));
}

ConditionId domain_list(Lowering& to, std::string_view list, const Operand& domain,
                        const Scope& scope) {
  return by_subject(to, Kind::domain, list, domain, scope);
}

ConditionId address_list(Lowering& to, std::string_view list, const Operand& address,
                         const Scope& scope) {
  return by_subject(to, Kind::address, list, address, scope);
}

ConditionId local_part_list(Lowering& to, std::string_view list, const Operand& local_part,
                            const Scope& scope) {
  return by_subject(to, Kind::local_part, list, local_part, scope);
}

ConditionId host_list(Lowering& to, std::string_view list, const Scope& scope,
                      bool by_address_only) {
  ListLowering lowering(to, Kind::host, scope);
  lowering.by_address_only = by_address_only;
  return lowering.expanded(list);
}

std::vector<std::string> domains_in(const Lowering& from, std::string_view list) {
  std::vector<std::string> domains;
  collect_domains(from, list, 0, domains);
  return domains;
}

}  // namespace relayproof::exim
