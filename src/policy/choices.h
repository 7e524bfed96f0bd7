// Which texts a client can choose so that predicates hold as a path through a diagram wants it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
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

  /// Texts that are tried before any are searched for; see seeds(). None for `session`.
  const std::vector<Chosen>& seeds(Group group);
  /// The same as value() of that seed; each is asked once.
  std::optional<bool> value_of_seed(Group group, std::size_t seed, Variable variable);

 private:
  using Wants = std::vector<Wanted>;
  struct Seeds {
    std::vector<Chosen> texts;
    /// By seed and variable.
    std::unordered_map<std::uint64_t, std::optional<bool>> values;
  };
  Seeds& seeds_of(Group group);
  bool is_nobodys(Variable variable, const Chosen& chosen) const;
  std::vector<Chosen> make_seeds(Group group) const;
  const Policy& solved_policy() const { return joint_ ? joint_->policy() : *policies_.front(); }
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
  std::map<Group, Seeds> seeds_;
};

}  // namespace relayproof::policy
