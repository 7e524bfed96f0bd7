#include "dialects/postfix/domain_lists.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/address_resolve.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/match_list.h"
#include "dialects/postfix/table_rows.h"

namespace relayproof::postfix {
namespace {

using policy::ConditionId;
using policy::Key;

// One list on its way into the policy. Elements are asked in order, so the conditions are made from
// the last one on.
class ListLowering {
 public:
  ListLowering(PolicyBuilder& builder, TableShelf& shelf, std::string_view parameter,
               policy::Subject domain, const Claim& claim)
      : builder_(builder),
        shelf_(shelf),
        parameter_(parameter),
        domain_(std::move(domain)),
        claim_(claim),
        value_(shelf.config().effective(parameter)),
        list_(parse_match_list(shelf.files(), value_.text, shelf.config().version())) {
    keys_ = {Key::whole};
    // The others are string lists: the name itself, no parents.
    if (parameter_ != "relay_domains") return;
    keys_.push_back(parents_match(shelf.config(), parameter_) ? Key::host_parents
                                                              : Key::dotted_host_parents);
  }

  LoweredDomains lower() {
    result_.matches = result_.fails = builder_.constant(false);
    auto end = list_.elements.size();
    while (end > 0) {
      const auto begin = start_of_run(end);
      take(begin, end);
      end = begin;
    }
    return std::move(result_);
  }

 private:
  // Words next to each other that say the same and stand in the same place are one table.
  std::size_t start_of_run(std::size_t end) const {
    const auto& last = list_.elements[end - 1];
    auto begin = end - 1;
    if (last.kind != ListElement::Kind::text) return begin;
    while (begin > 0) {
      const auto& element = list_.elements[begin - 1];
      if (element.kind != ListElement::Kind::text || element.negated != last.negated ||
          element.source != last.source) {
        break;
      }
      --begin;
    }
    return begin;
  }

  void take(std::size_t begin, std::size_t end) {
    const auto& element = list_.elements[begin];
    if (element.kind == ListElement::Kind::missing_file) return take_error();
    const auto offset = element.line == 0 ? element.column : list_.sources[element.source].named_at;
    const auto origin = builder_.origin(value_, offset);
    if (element.kind == ListElement::Kind::table) return take_table(element, origin);
    take_condition(words(begin, end, origin), element.negated);
  }

  void take_error() {
    result_.matches = builder_.constant(false);
    result_.fails = builder_.constant(true);
  }

  void take_condition(ConditionId found, bool negated) {
    const auto otherwise = builder_.negation(found);
    result_.fails = builder_.all({otherwise, result_.fails});
    result_.matches = negated ? builder_.all({otherwise, result_.matches})
                              : builder_.any({found, result_.matches});
  }

  void take_table(const ListElement& element, policy::OriginId origin) {
    const auto& name = list_.tables[element.table];
    const auto table = shelf_.open(name);
    if (table->standing == Standing::missing || table->standing == Standing::failing) {
      return take_error();
    }
    if (!has_rows(*table)) {
      // Domains are no addresses in digits.
      if (table->name.table_class == TableClass::cidr) return;
      const auto hidden = ask(*table, origin);
      if (!element.negated) result_.hidden.push_back(hidden);
      return take_condition(hidden, element.negated);
    }
    if (claim_ && !element.negated) claim_keys(*table);
    const auto any_row = [this](const RowValue&) { return builder_.result(policy::Nothing{}); };
    const auto index = lower_rows(builder_, table, any_row, Literals::alike);
    take_condition(finds(index, origin), element.negated);
  }

  ConditionId finds(std::uint32_t table, policy::OriginId origin) {
    return builder_.finds(builder_.lookup({{table}, keys_, ""}), domain_, {}, origin);
  }

  ConditionId ask(const Table& table, policy::OriginId origin) {
    policy::Question question;
    question.name = parameter_ + " " + table.name.text;
    question.origin = origin;
    question.power = policy::Question::Power::premise;
    question.says = "which domains it lists is not in the files";
    question.test = "postmap -q " + shell_quote("example.com") + " " + shell_quote(table.name.text);
    return builder_.unknown(builder_.question(std::move(question)), {domain_});
  }

  ConditionId words(std::size_t begin, std::size_t end, policy::OriginId origin) {
    policy::Table table;
    table.name = parameter_;
    const auto& source = list_.sources[list_.elements[begin].source];
    if (list_.elements[begin].line != 0) table.file = source.text->file;
    const auto any_row = builder_.result(policy::Nothing{});
    auto keys = std::make_shared<std::string>();
    std::size_t size = 0;
    for (auto i = begin; i < end; ++i) size += list_.elements[i].text.size();
    keys->reserve(size);
    for (auto i = begin; i < end; ++i) {
      const auto& element = list_.elements[i];
      if (element.text.empty()) continue;
      const auto start = keys->size();
      keys->append(to_lower(element.text));
      const auto key = std::string_view(*keys).substr(start);
      table.literals.try_emplace(key, policy::Row{any_row, element.line, {}});
      if (claim_ && !element.negated) claim(key);
    }
    table.storage = {keys};
    auto& known = builder_.known_tables["words of " + parameter_ + " " + std::to_string(begin)];
    if (known.empty()) known.push_back({{}, builder_.table(std::move(table))});
    return finds(known[0].table, origin);
  }

  void claim(std::string_view name) {
    if (name.starts_with('.')) name.remove_prefix(1);
    if (!name.empty()) claim_(name);
  }

  // `/^example\.com$/`: a name written out, as far as it goes.
  void claim_pattern(std::string_view text) {
    if (!text.starts_with('^') || !text.ends_with('$')) return;
    std::string name;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      const bool is_escaped_dot = text[i] == '\\' && text[i + 1] == '.';
      if (is_escaped_dot) ++i;
      const char c = text[i];
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!is_escaped_dot && !is_letter && !(c >= '0' && c <= '9') && c != '-') return;
      name.push_back(c);
    }
    claim(name);
  }

  void claim_keys(const Table& table) {
    if (table.patterns) {
      const auto& rows = table.patterns->rows;
      const bool plain = std::ranges::all_of(
          rows, [](const PatternRow& row) { return row.op == PatternRow::Op::match; });
      for (const auto& row : rows) {
        if (plain && !row.also && !row.pattern.negated) claim_pattern(row.pattern.text);
      }
    }
    if (!table.rows) return;
    for (const auto& row : table.rows->rows) {
      if (row.key.find('@') == std::string_view::npos) claim(row.key);
    }
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  std::string parameter_;
  policy::Subject domain_;
  const Claim& claim_;
  Value value_;
  MatchList list_;
  std::vector<Key> keys_;
  LoweredDomains result_;
};

// Conditions about one text, which is the subject of all of them.
class OneDomain {
 public:
  OneDomain(const policy::Policy& policy, std::string_view domain)
      : policy_(policy), domain_(domain) {}

  bool holds(ConditionId id) const {
    return std::visit([this](const auto& is) { return ask(is); }, policy_.conditions.at(id).is);
  }

 private:
  bool ask(const policy::Constant& is) const { return is.value; }
  bool ask(const policy::Finds& is) const {
    return policy::find(policy_.tables, policy_.lookups.at(is.lookup), domain_).has_value();
  }
  bool ask(const policy::Not& is) const { return !holds(is.of); }
  bool ask(const policy::All& is) const {
    return std::all_of(is.of.begin(), is.of.end(), [this](auto id) { return holds(id); });
  }
  bool ask(const policy::Any& is) const {
    return std::any_of(is.of.begin(), is.of.end(), [this](auto id) { return holds(id); });
  }
  template <class Other>
  bool ask(const Other&) const {
    return false;
  }

  const policy::Policy& policy_;
  std::string_view domain_;
};

}  // namespace

LoweredDomains lower_domains(PolicyBuilder& builder, TableShelf& shelf, std::string_view parameter,
                             const policy::Subject& domain, const Claim& claim) {
  return ListLowering(builder, shelf, parameter, domain, claim).lower();
}

std::function<bool(std::string_view)> domain_oracle(TableShelf& shelf, std::string_view parameter) {
  const auto policy = std::make_shared<policy::Policy>();
  PolicyBuilder builder(*policy);
  const auto matches =
      lower_domains(builder, shelf, parameter, {policy::Field::recipient, policy::Part::domain, {}})
          .matches;
  return [policy = std::shared_ptr<const policy::Policy>(policy),
          matches](std::string_view domain) { return OneDomain(*policy, domain).holds(matches); };
}

ConditionId is_own_literal(PolicyBuilder& builder, TableShelf& shelf,
                           const policy::Subject& domain) {
  std::vector<std::string> literals;
  for (const auto& address : shelf.config().own_addresses().addresses) {
    if (!address.is_unspecified()) literals.push_back(literal_of(address));
  }
  return builder.is_one_of("the host's own addresses", literals, domain);
}

ConditionId is_own_or_origin(PolicyBuilder& builder, TableShelf& shelf,
                             const policy::Subject& domain) {
  const auto origin = shelf.config().effective("myorigin").text;
  const auto names = origin.empty() ? std::vector<std::string>{} : std::vector{origin};
  return builder.any({builder.is_one_of("myorigin", names, domain),
                      lower_domains(builder, shelf, "mydestination", domain).matches,
                      is_own_literal(builder, shelf, domain)});
}

}  // namespace relayproof::postfix
