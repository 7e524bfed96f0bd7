// From a set of attempts to the clients that can make one of them: the texts which its paths ask
// for are looked for, group by group.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "policy/choices.h"
#include "policy/diagram.h"

namespace relayproof::policy {

/// What counts as a text that a client can choose.
enum class Certainty : std::uint8_t {
  surely,    ///< one that was found
  claiming,  ///< one that was found, for who names himself as he likes (XCLIENT)
  possibly,  ///< one that is not excluded; somebody else's name, too
};

/// A way through one group's variables that can be chosen, and where it leads.
struct Way {
  std::vector<Literal> path;
  Diagram exit = Diagrams::nobody;
  Chosen chosen;
};

/// Diagrams here have no variables of the groups hidden and doubt: see surely() and possibly().
class Walk {
 public:
  /// `paths` is decreased by each path that is looked at; OutOfBudget when there are none left.
  Walk(Diagrams& diagrams, Choices& choices, Certainty certainty, std::size_t& paths)
      : diagrams_(diagrams), choices_(choices), certainty_(certainty), paths_(paths) {}

  const mail::IpSet& clients(Diagram diagram);

  /// Those for whom one of Choices::seeds() of each group does: nothing is searched, so that this
  /// is quick however many paths there are.
  const mail::IpSet& seeded(Diagram diagram);

  /// From now on clients() may leave out all that are not among these, but for those of seeded().
  void look_only_for(mail::IpSet clients);

  /// The first way through the diagram's top group behind which `client` still can; with the least
  /// that is out of the ordinary first.
  std::optional<Way> way(Diagram diagram, const mail::IpAddress& client);

  /// Why texts were neither found nor excluded, for `possibly`.
  const std::set<std::string>& reasons() const { return reasons_; }

 private:
  // Called at the end of each path that can be taken; true: enough.
  using Visit = std::function<bool(const Way&)>;
  // False: nothing below is of interest.
  using Worth = std::function<bool(const mail::IpSet&)>;
  mail::IpSet seeded_of_session(Diagram diagram);
  mail::IpSet seeded_by_texts(Diagram diagram, Group group);
  std::optional<Way> follow_seed(Diagram at, Group group, std::size_t seed);
  std::optional<Way> seeded_way(Diagram diagram, const mail::IpAddress& client);
  bool visit(Diagram at, Group group, Way& way, const Worth& worth, const Visit& then);
  bool visit_exit(Diagram at, Group group, Way& way, const Worth& worth, const Visit& then);
  bool step(Diagram at, Group group, bool holds, Way& way, const Worth& worth, const Visit& then);
  bool can_be_chosen(Group group, Way& way);
  bool is_excluded(Group group, const Way& way);

  Diagrams& diagrams_;
  Choices& choices_;
  Certainty certainty_;
  std::size_t& paths_;
  std::unordered_map<Diagram, mail::IpSet> known_;
  std::unordered_map<Diagram, mail::IpSet> seeded_;
  std::optional<mail::IpSet> only_;
  std::set<std::string> reasons_;
};

/// Whatever is answered to open questions, and with nothing that is in doubt.
Diagram surely(Diagrams& diagrams, Diagram of);
/// For some answers.
Diagram possibly(Diagrams& diagrams, Diagram of);

}  // namespace relayproof::policy
