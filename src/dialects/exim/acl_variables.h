// $acl_m… and $acl_c…: what ACLs set for later statements, kept in marks. One mark says that a
// statement has set it, for as long as the variable lasts; where two may have, and nobody knows
// which one was the last, the value is hidden.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/expand.h"
#include "policy/rule.h"

namespace relayproof::exim {

class AclVariables {
 public:
  /// Finds every `set` of the ACLs that stages ask.
  explicit AclVariables(const Config& config);

  /// What the variable is where an ACL of this moment asks.
  Value value(Lowering& to, std::string_view name) const;
  /// The marks that tell of this `set`.
  std::vector<std::uint32_t> marks_of(Lowering& to, const Item& item) const;

  policy::Moment moment = policy::Moment::connect;  ///< of the ACL that is being lowered

 private:
  struct Site {
    policy::Moment moment = policy::Moment::connect;
    std::string variable;
    std::string written;
    SourceRange where;
  };
  enum class Since : std::uint8_t { recipient, message, session };

  std::uint32_t mark(Lowering& to, const Site& site, Since since) const;
  bool is_before(const Site& site) const { return site.moment <= moment; }
  /// Sites on top of what was before, the later above the earlier.
  void ordered(Lowering& to, const std::vector<const Site*>& sites, Since since,
               Value& value) const;
  /// In no known order.
  void in_any_order(Lowering& to, const std::vector<const Site*>& sites, Since since,
                    Value& value) const;

  std::vector<Site> sites_;
  std::vector<std::string> elsewhere_;  ///< variables that other ACLs set
};

}  // namespace relayproof::exim
