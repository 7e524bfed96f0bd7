// The search for one text among the shapes that literal keys make.
//
// Why `none` is a proof. Let y be the fresh member of a shape (candidates.h), and let it fail what
// is wanted of some lookup that has literal keys only. The keys of tables that y is asked for come
// from what is fixed in the shape, so every member of the shape is asked for them, too, in the same
// order. A member that does not fail is therefore asked for one more key that is in a table, and
// that key helps (HelpfulKeys). So it is in the part of the shape that asks for one of these keys.
// These parts are searched one by one; each fixes more than its whole, so this comes to an end.
// Pattern rows are languages: if only lookups with patterns fail, the language of the shape is cut
// with those of all that is wanted, each larger rather than smaller, and searched.
// What is wanted of a domain's owner is settled by what is fixed in it: y has three labels before.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "patterns/language.h"
#include "policy/policy.h"
#include "policy/shapes.h"
#include "policy/solve.h"
#include "policy/solve_memory.h"

namespace relayproof::policy {

class TextSearch {
 public:
  enum class Outcome : std::uint8_t { found, none, unknown };
  /// Takes a text that meets all that is wanted of the rewritten text; may refuse it.
  using Accept = std::function<bool(const std::string& text)>;

  /// `wanted` is asked of the text itself, whatever its subjects are rewritten by; no `present`.
  /// Everything must outlive the search; `used` counts the texts tried.
  TextSearch(const Policy& policy, Field field, std::vector<const Wanted*> wanted, Accept accept,
             const SolveBudget& budget, std::size_t& used, SolveMemory& memory);

  Outcome run();
  const std::string& value() const { return value_; }
  /// A text that meets all, but is somebody else's; set if one came along.
  const std::optional<std::string>& hidden() const { return hidden_; }
  const std::string& why_unknown() const { return why_unknown_; }

 private:
  static constexpr const char* no_way_to_send = "no such text was found that can be sent";
  enum class Tried : std::uint8_t { taken, failed, refused };

  Outcome unknown(std::string why);
  bool is_contradiction() const;
  const Wanted* driver() const;
  Tried attempt(const std::string& text);
  Outcome explore(const Shape& shape, std::size_t depth);
  Outcome explore_failing(const Shape& shape, const std::string& fresh, std::size_t depth);
  Outcome explore_patterns(const Shape& shape, const std::vector<const Wanted*>& failing,
                           std::size_t depth);
  Outcome refine(const Shape* shape, const Wanted& wanted, std::size_t depth);
  Outcome explore_child(const Shape* shape, const Shape& asking, std::size_t depth);
  bool is_dead(const Shape& shape);
  bool is_dead(std::string_view domain);
  bool is_dead(Key kind, std::string_view key, Part part);
  bool settled_by_domain(const Wanted& wanted) const;
  bool is_settled(const Wanted& wanted) const;
  Outcome explore_leaf(const Shape& shape);
  Outcome search_members(const patterns::Language& all);
  patterns::Searched offer(const patterns::Language& language, std::size_t candidates);
  bool try_rows(const patterns::Language& shape);
  bool nothing_fits_patterns();
  const patterns::Language& meeting(const Wanted& wanted);
  patterns::Language members(const Shape& shape);
  patterns::Language roughly(const Shape& shape);
  bool any_patterns() const;
  bool patterns_in(const Wanted& wanted) const;
  bool stands_for_shape(const Wanted& wanted, const std::string& fresh) const;
  std::size_t helpful_at_most(const Wanted& wanted) const;
  HelpfulKeys& keys_for(const Wanted& wanted);
  bool wants_outside() const;
  patterns::SearchBudget search_budget(std::size_t candidates) const;
  bool out_of_budget() const { return used_ >= end_; }

  const Policy& policy_;
  Field field_;
  std::vector<const Wanted*> wanted_;
  Accept accept_;
  std::size_t& used_;
  std::size_t end_;
  std::string value_;
  std::optional<std::string> hidden_;
  std::string why_unknown_;
  SolveMemory& memory_;
  std::map<const Wanted*, patterns::Language> languages_;
  std::optional<bool> nothing_fits_patterns_;
  bool refused_ = false;  ///< something met all, but cannot be sent

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, bool, Hash, std::equal_to<>> dead_domains_;
};

}  // namespace relayproof::policy
