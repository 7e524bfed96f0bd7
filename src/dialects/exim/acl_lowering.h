// One ACL, or a part of it, as rules and conditions: see acl.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/lowering.h"
#include "policy/rule.h"

namespace relayproof::exim {

/// When a condition may be asked (elsewhere the ACL gives 451).
enum class When : std::uint8_t { any, from_helo, from_mail, at_rcpt, at_end };

/// What a condition asks.
struct Asked {
  std::string_view name;
  When when;
  std::optional<bool> true_is_bad;
};
const Asked* find_asked(std::string_view name);
bool may_ask(When when, policy::Moment moment);

class AclLowering {
 public:
  AclLowering(Lowering& to, policy::Moment moment, std::uint16_t port)
      : to_(to), moment_(moment), port_(port) {}
  policy::ListId whole(const Acl& acl);
  policy::ListId constant(std::string_view name, int refusal, std::string_view why);

 private:
  PolicyBuilder& builder();
  Scope scope_at(const Line& line, Sign sign);
  // Recipients of a message that is thrown away are not asked about, nor what nobody is left for.
  void take_what_is_discarded(policy::List& list);
  bool may_discard_recipients() const;
  static Sign sign_of(std::string_view verb);
  void lower(const Statement& statement, policy::List& list);
  // Each condition from `first` on ends the statement where it fails and those before it hold.
  void refuse_each(const Statement& statement, const std::vector<policy::ConditionId>& all,
                   const std::vector<std::size_t>& places, std::size_t first, std::string_view says,
                   policy::List& list);
  void finish(const Statement& statement, const std::vector<policy::ConditionId>& all,
              const std::vector<std::size_t>& places, std::optional<std::size_t> endpass,
              policy::List& list);
  void add(policy::List& list, policy::ConditionId when, policy::Effect effect, const Line& line,
           std::string_view says);
  // What is held for ever does not go out.
  void control(const Statement& statement, const Item& item,
               const std::vector<policy::ConditionId>& when, policy::List& list);
  policy::ConditionId condition(const Item& item, const Asked& known, Sign sign);
  policy::ConditionId positive(const Item& item, const Asked& known, const Scope& scope);
  // A list of authenticators by their names.
  policy::ConditionId authenticated(const Item& item, const Scope& scope);
  policy::ConditionId encrypted(const Item& item, const Scope& scope);
  // An ACL as a condition: accepted or not.
  policy::ConditionId nested(const Item& item, const Scope& scope);
  // What the nested ACL answers from this statement on, given what it answers behind it.
  policy::ConditionId around(const Statement& statement, policy::ConditionId behind, Sign sign);

  Lowering& to_;
  policy::Moment moment_;
  std::uint16_t port_;
  std::size_t depth_ = 0;
};

}  // namespace relayproof::exim
