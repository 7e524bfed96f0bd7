// Which texts a client can choose so that predicates hold as a path through a diagram wants it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/joint_policy.h"
#include "policy/predicates.h"
#include "policy/solutions.h"

namespace relayproof::policy {

/// What was chosen for the texts of one group.
struct Chosen {
  std::optional<std::string> text;   ///< nullopt: absent; of `names` what the PTR says
  bool confirmed = false;            ///< of `names`: it leads back to the client
  std::vector<std::string> headers;  ///< of `header`
};

struct Choice {
  Solution::Feasible feasible = Solution::Feasible::unknown;
  Chosen chosen;  ///< if feasible
  std::string why_unknown;
};

/// Asks solve(), each question once, and puts together what it answers field by field.
class Choices {
 public:
  /// `policies`: one, or those of both sides. All must outlive this; throws OutOfBudget when more
  /// than `candidates` texts were tried in all. `solutions` are of this policy, or of these two.
  Choices(std::vector<const Policy*> policies, const Predicates& predicates, std::size_t candidates,
          Solutions& solutions);

  /// Of one group, which is none of session, hidden and doubt.
  const Choice& find(Group group, std::span<const Literal> path);

  /// The variable's value for these texts; nullopt if some side cannot tell.
  std::optional<bool> value(Variable variable, const Chosen& chosen) const;

 private:
  using Wants = std::vector<Wanted>;
  Choice search(Group group, std::span<const Literal> path);
  Choice search_names(std::span<const Literal> path);
  Choice search_headers(std::span<const Literal> path);
  Choice search_one(Group group, std::span<const Literal> path);
  Solution ask(Field field, const Wants& wants);
  Wants wants(std::span<const Literal> path, std::optional<Field> only) const;
  void add_wants(Wants& wants, const Literal& literal, std::optional<Field> only) const;
  bool agrees(std::span<const Literal> path, const Chosen& chosen) const;
  bool value(const Predicate& meaning, const Policy& policy, const Chosen& chosen) const;
  std::vector<std::string> texts(const Subject& subject, const Policy& policy,
                                 const Chosen& chosen) const;

  std::vector<const Policy*> policies_;
  std::optional<JointPolicy> joint_;
  const Predicates& predicates_;
  std::size_t candidates_;
  Solutions& solutions_;
  std::size_t used_ = 0;
  std::map<std::pair<Group, std::vector<Literal>>, Choice> known_;
};

}  // namespace relayproof::policy
