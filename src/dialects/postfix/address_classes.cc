#include "dialects/postfix/address_classes.h"

#include "dialects/postfix/domain_lists.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/lower_transports.h"

namespace relayproof::postfix {
namespace {

using policy::ConditionId;

// Lists in their order: what one takes or fails for never reaches the next.
class Classes {
 public:
  Classes(PolicyBuilder& builder, TableShelf& shelf, policy::Subject domain)
      : builder_(builder),
        shelf_(shelf),
        domain_(std::move(domain)),
        rest_(builder.constant(true)) {}

  ConditionId local() {
    const auto list = lower_domains(builder_, shelf_, "mydestination", domain_);
    const auto literal = is_own_literal(builder_, shelf_, domain_);
    const auto matches =
        builder_.any({list.matches, builder_.all({builder_.negation(list.fails), literal})});
    return take(matches, list.fails);
  }

  ConditionId next(std::string_view parameter) {
    const auto list = lower_domains(builder_, shelf_, parameter, domain_);
    return take(list.matches, list.fails);
  }

  ConditionId rest() const { return rest_; }
  ConditionId fails() { return builder_.any(fails_); }

 private:
  ConditionId take(ConditionId matches, ConditionId fails) {
    const auto taken = builder_.all({rest_, matches});
    fails_.push_back(builder_.all({rest_, fails}));
    rest_ = builder_.all({rest_, builder_.negation(matches), builder_.negation(fails)});
    return taken;
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  policy::Subject domain_;
  ConditionId rest_;  // no list so far took it, and none failed
  std::vector<ConditionId> fails_;
};

}  // namespace

AddressClasses lower_address_classes(PolicyBuilder& builder, TableShelf& shelf,
                                     policy::Field field) {
  AddressClasses classes;
  classes.address = builder.resolved(field);
  classes.domain = builder.resolved(field, policy::Part::domain);
  Classes lists(builder, shelf, classes.domain);
  classes.is_local = lists.local();
  classes.local_list_fails = lists.fails();
  classes.is_virtual_alias = lists.next("virtual_alias_domains");
  classes.is_virtual_mailbox = lists.next("virtual_mailbox_domains");
  classes.is_relay = lists.next("relay_domains");
  classes.is_other = lists.rest();
  classes.is_final =
      builder.any({classes.is_local, classes.is_virtual_alias, classes.is_virtual_mailbox});
  // The local part has @, ! or %: the next host may route on.
  classes.is_routed =
      builder.matches("routing operators", "[@!%]", builder.resolved(field, policy::Part::local));
  // What is malformed was refused when it was read (smtpd_check_addr).
  classes.is_malformed = builder.constant(false);
  const auto transports = lower_transports(builder, shelf, classes.address);
  classes.fails = builder.any({lists.fails(), transports.fails});

  const bool trusts_routes =
      to_bool(shelf.config().effective("allow_untrusted_routing").text).value_or(false);
  const auto plain = trusts_routes ? builder.constant(true) : builder.negation(classes.is_routed);
  classes.is_authorised = builder.all(
      {builder.any({classes.is_final, classes.is_relay}), plain, builder.negation(classes.fails)});
  return classes;
}

}  // namespace relayproof::postfix
