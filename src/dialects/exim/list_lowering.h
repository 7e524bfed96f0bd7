// Walks one list: what domain, host, address and local part lists have in common, and what each
// makes of an item.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/exim/lists.h"

namespace relayproof::exim {

/// The text as an expression that matches nothing else.
std::string quoted(std::string_view text);

/// Its result: the first item that holds decides; behind the last one, what its negation says.
class ListLowering {
 public:
  ListLowering(Lowering& to, NamedList::Kind kind, Scope scope, Operand subject_of = {});

  Operand subject;               ///< domain, local part or address
  bool by_address_only = false;  ///< hosts: no names

  policy::ConditionId expanded(std::string_view list);

 private:
  // What a name that cannot be found makes of the list.
  enum class Unknown : std::uint8_t { ends, included, ignored };
  // What an item says: it holds, it does not, or (a name that cannot be found) the list ends. Plain
  // items one after the other are one.
  struct Item {
    policy::ConditionId holds = 0;
    policy::ConditionId fails = 0;  ///< it was looked up in vain
    bool may_fail = false;
    bool positive = true;
    Unknown unknown = Unknown::ends;
    std::vector<std::string> texts{};
    std::vector<mail::IpSet> clients{};
    policy::OriginId origin = 0;
  };

  PolicyBuilder& builder() { return to_.builder; }
  policy::ConditionId hidden(const std::string& name, const std::string& why);
  policy::ConditionId any_of(const std::vector<std::string_view>& parts);
  policy::ConditionId same(const Operand& other);
  policy::ConditionId of_items(const std::vector<std::string>& items);
  policy::ConditionId holds(const Item& item);
  void add(std::string_view text, std::vector<Item>& to, bool& last_positive);
  void add_file(std::string_view name, bool positive, std::vector<Item>& to, bool& last_positive);
  void push(Item item, std::vector<Item>& to) const;
  policy::ConditionId named(std::string_view name);
  void one(std::string_view text, Item& item);
  bool is_plain(std::string_view text) const;
  policy::ConditionId regex(std::string_view text, const Operand& of);
  policy::ConditionId equal(std::string_view text, const Operand& of);
  policy::ConditionId pattern(std::string_view text, const Operand& of, bool is_domain);
  policy::ConditionId looked_up(std::string_view how, std::string_view file, const Operand& of);
  policy::ConditionId own_literal(const Operand& of);
  policy::ConditionId named_as_mx(std::string_view text, const Operand& of);
  policy::ConditionId address(std::string_view text);
  policy::ConditionId parts(std::string_view text, std::size_t divide, const Operand& domain);
  policy::ConditionId in_domain(std::string_view text, const Operand& domain);

  // host_items.cc
  void host(std::string_view text, Item& item);
  void unknown_host(Item& item);
  void by_name(Item& item, policy::ConditionId matches);
  bool host_lookup(std::string_view text, Item& item);
  void host_by_name(const std::string& name, Item& item);
  mail::IpSet own_hosts() const;

  Lowering& to_;
  NamedList::Kind kind_;
  Scope scope_;
  Unknown unknown_ = Unknown::ends;
  std::size_t depth_ = 0;
};

/// The parts between colons that stand outside braces; none where an item is negated, or the list
/// has a separator of its own.
std::vector<std::string_view> written_parts(std::string_view list);

/// Letters, digits, dots, hyphens and underscores.
bool is_host_name(std::string_view text);

}  // namespace relayproof::exim
