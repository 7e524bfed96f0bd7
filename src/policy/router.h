// What becomes of one recipient that was taken: rewriting, and where each result goes.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/evaluate.h"

namespace relayproof::policy {

/// Follows a route. In its lists a subject of the field `recipient` is the recipient as it stands.
class Router {
 public:
  /// All of them must outlive the router.
  Router(const Policy& policy, Evaluator& evaluator, std::vector<Step>& trace);

  /// A recipient for which no rule of the route has an end is handed on.
  std::vector<Destination> route(ListId list);
  /// Some destination so far is outside and of the client's choosing.
  bool relays() const { return relays_; }

 private:
  // The recipient as it stands, and what of it the client wrote.
  struct Standing {
    std::string address;
    bool local_chosen = true;
    bool domain_chosen = true;
    std::size_t rewritings = 0;
    /// Of which it was made, and by which lists that ask (List::again).
    std::vector<std::pair<ListId, std::string>> made_of{};
  };

  void follow(ListId list, std::size_t from, const Standing& standing);
  bool follow_rule(const Rule& rule, ListId list, std::size_t index, const Standing& standing);
  bool comes_again(ListId list, const Standing& standing) const;
  void go_on(const std::vector<Standing>& targets, ListId then, ListId list, std::size_t index,
             const Standing& standing);
  std::string captured_from(const Transform& transform, const std::string& address) const;
  Standing by_transform(std::uint32_t transform, const Standing& standing) const;
  std::vector<Standing> by_row(const Match& found, const RewriteAsRow& effect,
                               const Standing& standing) const;
  void end(Fate fate, const Standing& standing);
  bool is_outside(const std::string& address);

  const Policy& policy_;
  Evaluator& evaluator_;
  std::vector<Step>& trace_;
  std::vector<Destination> destinations_;
  bool relays_ = false;
};

}  // namespace relayproof::policy
