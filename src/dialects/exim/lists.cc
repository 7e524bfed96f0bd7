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

ConditionId by_subject(Lowering& to, Kind kind, std::string_view list, const Operand& subject,
                       const Scope& scope) {
  return ListLowering(to, kind, scope, subject).expanded(list);
}

}  // namespace

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

}  // namespace relayproof::exim
