// What is the same for every restriction of one service, and what differs from list to list: which
// facts are known when it runs, and what its outcomes come to.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/access_results.h"
#include "dialects/postfix/address_classes.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/restriction_words.h"
#include "dialects/postfix/restrictions.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// What was taken for granted while lowering; decisive where the verdict hangs on it.
struct LoweringNote {
  SourceRange where;
  std::string text;
  std::string says;
  bool decisive = false;
};

/// What all services share: the policy under construction, the tables, whose mail an address is.
struct SharedLowering {
  PolicyBuilder& builder;
  TableShelf& shelf;
  const Config& config;
  AddressClasses recipient;
  AddressClasses sender;
  std::map<std::uint32_t, AccessAction> actions;  ///< by index into Policy::results
  std::map<std::string, std::uint32_t, std::less<>> action_results;
  /// DISCARD, HOLD, FILTER and REDIRECT, by the mark that each leaves for the routes.
  std::map<std::uint32_t, AccessAction> delegations;
  std::vector<LoweringNote> notes;
};

/// One smtpd of master.cf as its restrictions see it.
class ServiceLowering {
 public:
  /// How busy the service is: some values ask for it (STRESS_README).
  enum class Load : std::uint8_t { normal, stress };
  ServiceLowering(SharedLowering& shared, const Service& service, Load load = Load::normal);

  SharedLowering& shared;
  const Service& service;
  const Load load;

  Value value(std::string_view name) const;
  bool is_on(std::string_view name) const;  ///< a boolean; one that is fatal counts as no
  long number(std::string_view name, long otherwise) const;
  const Version& version() const { return shared.config.version(); }
  PolicyBuilder& builder() const { return shared.builder; }

  /// The answer that a client hears: soft_bounce turns 5xx into 4xx, a code that is none into 450.
  policy::Answer answer(long code, std::string_view enhanced) const;
  /// The same with the code of a parameter: `relay_domains_reject_code`.
  policy::Answer answer_of(std::string_view parameter, long otherwise,
                           std::string_view enhanced) const;

  /// Restriction classes by name, their items and where they stand; null if there is none.
  struct Class {
    Value value;
    RestrictionList list;
  };
  const Class* find_class(std::string_view name) const;

  /// True if smtpd offers STARTTLS or talks TLS from the start; and if it asks for a certificate.
  bool offers_tls() const;
  bool demands_tls() const;
  bool asks_for_certificate() const;
  /// False with `receive_override_options = no_unknown_recipient_checks`: reject_unlisted_* do
  /// nothing, wherever they stand.
  bool looks_up_unlisted() const;

  /// Lists that are being lowered, and those that were, by what makes them differ.
  std::map<std::string, policy::ListId, std::less<>> nested;
  std::vector<std::string> being_lowered;
  /// The lists of each evaluation, nested ones included.
  std::map<std::string, std::vector<policy::ListId>, std::less<>> lists;

  /// What DEFER_IF_PERMIT and DEFER_IF_REJECT leave behind, and what comes of it.
  struct Deferral {
    std::uint32_t mark = 0;
    std::string evaluation;
    policy::Answer answer;
    policy::OriginId origin = 0;  ///< of the first restriction that leaves it
  };
  std::vector<Deferral> if_permit;
  std::vector<Deferral> if_reject;

 private:
  std::map<std::string, Class, std::less<>> classes_;
};

/// Where a list stands in the session.
struct Scope {
  ListKind kind = ListKind::recipient;  ///< what a bare `type:name` means
  policy::Moment moment = policy::Moment::rcpt;
  /// `client`, `rcpt`, ...: deferrals that lists of one evaluation leave to each other.
  std::string_view evaluation = "rcpt";
  policy::Mark::Life deferral_life = policy::Mark::Life::recipient;
  bool warn = false;         ///< behind warn_if_reject: what refuses goes on
  bool ok_is_error = false;  ///< an OK is a server error: for names that anybody can forge

  bool knows_helo() const { return moment != policy::Moment::connect; }
  bool knows_sender() const {
    return moment != policy::Moment::connect && moment != policy::Moment::helo;
  }
};

/// True where the restriction can see the recipient: not before RCPT, and behind DATA only if there
/// is but one (smtpd_check_data).
policy::ConditionId recipient_is_known(PolicyBuilder& builder, const Scope& scope);
/// HELO was given; the sender is there, and not `<>`.
policy::ConditionId helo_is_known(PolicyBuilder& builder, const Scope& scope);
policy::ConditionId sender_is_an_address(PolicyBuilder& builder, const Scope& scope);
policy::ConditionId sender_is_null(PolicyBuilder& builder, const Scope& scope);

}  // namespace relayproof::postfix
