// What becomes of all recipients that were taken: as Router does for one.
#pragma once

#include <map>
#include <set>

#include "policy/symbolic.h"

namespace relayproof::policy {

class SymbolicRouter {
 public:
  /// Both must outlive the router.
  SymbolicRouter(Ground& ground, SymbolicEvaluator& evaluator)
      : ground_(ground), evaluator_(evaluator) {}

  /// Those of `live` that are handed on to an outside domain which the client chose.
  Diagram relayed(ListId list, Diagram live);

 private:
  // A place in a route: behind `from` rules of a list.
  struct Place {
    ListId list = 0;
    std::size_t from = 0;
  };
  // Those for which no later rule of the list is, and those who relay.
  struct Outcome {
    Diagram ended = Diagrams::nobody;
    Diagram relayed = Diagrams::nobody;
  };

  Diagram follow(Place place, Diagram live, const Standing& standing);
  Diagram coming_again(ListId list, const Standing& standing);
  Outcome follow_rule(Place place, Diagram live, const Standing& standing);
  Outcome apply(const Effect& effect, Place place, Diagram matching, const Standing& standing,
                const Rule& rule);
  bool can_still_choose(const Standing& standing, ListId list);
  Diagram rewrite(const Rewrite& effect, Place place, Diagram matching, const Standing& standing);
  Diagram rewrite_as_row(const RewriteAsRow& effect, Place place, Diagram matching,
                         const Standing& standing, const Rule::ByRow& by_row);
  Diagram routed_on(Diagram matching, const Standing& standing);
  Diagram routed_on(std::uint32_t transform, ListId then, Diagram matching,
                    const Standing& standing, const Standing& target);
  bool may_copy_local_part(std::uint32_t lookup) const;
  Standing transformed(std::uint32_t transform, const Standing& standing) const;

  // What rules can do to a recipient that the owner wrote down, from this list on.
  struct Ahead {
    bool names_domain = false;  ///< make a domain of what was a local part
    bool reads_header = false;  ///< take the recipient out of a line of the header
    bool resolves = false;      ///< read a local part as a route
    std::set<std::uint32_t> marks;
  };
  const Ahead& ahead_of(ListId list);
  void look_ahead(ListId list, std::set<ListId>& seen, Ahead& ahead) const;
  void look_ahead(const Effect& effect, std::set<ListId>& seen, Ahead& ahead) const;
  void doubt_marks(const std::set<std::uint32_t>& marks, Diagram matching);

  Ground& ground_;
  SymbolicEvaluator& evaluator_;
  std::map<ListId, Ahead> ahead_;
};

}  // namespace relayproof::policy
