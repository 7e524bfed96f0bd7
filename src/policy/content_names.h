// Names for what a policy is made of, by which two policies can share it: tables with the same rows
// have the same name.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "policy/policy.h"

namespace relayproof::policy {

/// How one policy's lookups, texts and questions are called. Equal names mean the same.
class ContentNames {
 public:
  enum class By : std::uint8_t {
    index,    ///< for one policy alone
    content,  ///< for several policies
  };
  /// `mine` sets apart what is nobody else's; `programs` what programs make of addresses: readers,
  /// named transforms. The policy must outlive the names.
  ContentNames(const Policy& policy, By by, std::string mine, std::string programs);

  struct LookupName {
    std::string name;
    std::vector<std::uint32_t> results;  ///< all that it can give, in an order that goes by content
  };
  const LookupName& lookup(std::uint32_t index);
  std::string subject(const Subject& subject);
  std::string mark(std::uint32_t index) const;
  std::string question(std::uint32_t index) const;
  const std::string& mine() const { return mine_; }
  /// Of the domains it answers for.
  std::string claims() const;

 private:
  LookupName by_index(std::uint32_t index) const;
  LookupName by_content(std::uint32_t index) const;
  std::string transform(std::uint32_t index) const;

  const Policy& policy_;
  By by_;
  std::string mine_;
  std::string programs_;
  std::map<std::uint32_t, LookupName> lookups_;
};

}  // namespace relayproof::policy
