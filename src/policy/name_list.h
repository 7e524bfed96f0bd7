// Domains by name: as a list, and asked whether a name is one of them or lies below one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relayproof::policy {

/// Names in the order in which they were given. Asked in any case of letters, and without the dot
/// that may end a name, in time that does not depend on their number but for its logarithm.
class NameList {
 public:
  using value_type = std::string;
  using const_iterator = std::vector<std::string>::const_iterator;

  NameList() = default;
  NameList(std::initializer_list<std::string> names) : NameList(std::vector<std::string>(names)) {}
  NameList(std::vector<std::string> names) : names_(std::move(names)) { sort(); }

  template <class Iterator>
  void assign(Iterator first, Iterator last) {
    names_.assign(first, last);
    sort();
  }
  template <class Iterator>
  void insert(const_iterator before, Iterator first, Iterator last) {
    names_.insert(before, first, last);
    sort();
  }

  const_iterator begin() const { return names_.begin(); }
  const_iterator end() const { return names_.end(); }
  std::size_t size() const { return names_.size(); }
  bool empty() const { return names_.empty(); }
  const std::string& operator[](std::size_t place) const { return names_[place]; }
  operator const std::vector<std::string>&() const { return names_; }

  /// This very name is one of them.
  bool contains(std::string_view name) const;
  /// It is one of them, or below one. Nothing is below an address in brackets.
  bool contains_or_above(std::string_view name) const;

 private:
  void sort();

  std::vector<std::string> names_;
  std::vector<std::uint32_t> sorted_;  ///< places, by name
  bool is_lower_ = true;               ///< no name has a capital
};

}  // namespace relayproof::policy
