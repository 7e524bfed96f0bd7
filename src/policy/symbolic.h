// Conditions of a policy, asked of all attempts at once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/content_names.h"
#include "policy/decide.h"
#include "policy/predicates.h"

namespace relayproof::policy {

/// One policy and one way into it, as diagrams see them. All referenced objects are outlived.
struct Ground {
  const Policy& policy;
  const Door& door;
  const Suppressed& suppressed;
  Diagrams& diagrams;
  Predicates& predicates;
  ContentNames& names;
  Side side = 0;
  std::size_t steps_left = 0;  ///< rules that may still be looked at; OutOfBudget beyond
  /// By the key of a variable: what it always says, see settled().
  std::map<std::string, std::optional<bool>> settled{};

  const Listener& listener() const { return policy.listeners.at(door.listener); }
  void step() {
    if (steps_left == 0) throw OutOfBudget();
    --steps_left;
  }
};

/// The recipient as it stands: what was sent, rewritten; and what of it the client wrote.
struct Standing {
  Field field = Field::recipient;  ///< or a header line that named it
  std::vector<std::uint32_t> via;
  bool earlier = false;  ///< it is the recipient before the one that the attempt is about
  bool local_chosen = true;
  bool domain_chosen = true;
  /// Of which it was made, and by which lists that ask (List::again).
  struct MadeOf {
    ListId list = 0;
    Field field = Field::recipient;
    std::vector<std::uint32_t> via;
  };
  std::vector<MadeOf> made_of = {};

  /// What `subject`, written for the recipient as it stands, is of the attempt's texts.
  Subject absolute(const Subject& subject) const;
};

/// As Evaluator is for one attempt.
class SymbolicEvaluator {
 public:
  explicit SymbolicEvaluator(Ground& ground);

  Diagram holds(ConditionId id, const Standing& standing);

  struct Branch {
    std::uint32_t result = 0;  ///< index into Policy::results
    Diagram when = Diagrams::nobody;
  };
  /// The results that a rule for a whole table can have, no two for one attempt.
  std::vector<Branch> rows(const Rule::ByRow& by_row, const Standing& standing);

  /// The recipient as it stands is one that real mail can be sent to, outside, and nobody's of whom
  /// a premise says that he is the owner.
  Diagram outside(const Standing& standing);
  /// It is of a domain that the server answers for, or a premise says so.
  Diagram owned(const Standing& standing);
  /// The texts are equal. Both belong to the recipient.
  Diagram same(const Standing& one, const Standing& other);
  /// Something that we cannot tell.
  Diagram doubt(const std::string& about);
  Diagram start_mark(std::uint32_t mark);
  Diagram earlier_recipient();
  Diagram flag(Flag flag);
  Diagram helo_given();

  std::vector<Diagram> marks;
  Diagram several_recipients = Diagrams::nobody;
  /// Premises count; see ReachOptions. A question that is not among them is an open one.
  std::vector<ConditionId> premises;

 private:
  Diagram is(const Constant& condition, const Standing&) const;
  Diagram is(const ClientIn& condition, const Standing&);
  Diagram is(const IsSet& condition, const Standing&);
  Diagram is(const Present& condition, const Standing& standing);
  Diagram is(const Finds& condition, const Standing& standing);
  Diagram is(const Same& condition, const Standing& standing);
  Diagram is(const HasMark& condition, const Standing&) const { return marks.at(condition.mark); }
  Diagram is(const Unknown& condition, const Standing& standing);
  Diagram is(const Not& condition, const Standing& standing);
  Diagram is(const All& condition, const Standing& standing);
  Diagram is(const Any& condition, const Standing& standing);

  const mail::IpSet* client_set(ConditionId id) const;
  std::vector<Diagram> members(const std::vector<ConditionId>& ids, const Standing& standing);
  Diagram variable(Group group, const std::string& key, const Predicate& meaning);
  std::optional<bool> settled(const std::string& key, const Predicate& meaning);
  Diagram question(std::uint32_t index, const std::string& about, const Subject& subject);
  Diagram finds_among_headers(const Finds& condition, const Subject& subject);
  Diagram wanted(Predicate::Kind kind, const Subject& subject, const Standing& standing);
  bool strangers_can(Flag flag) const;
  Diagram chosen_flag(Flag flag);

  Ground& ground_;
};

}  // namespace relayproof::policy
