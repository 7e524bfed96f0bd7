#include "repair/plan.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "questions/lost_addresses.h"
#include "repair/unified.h"

namespace relayproof::repair {
namespace {

using dialects::Loaded;
using questions::Audit;
using questions::Verdict;

constexpr std::size_t most_steps = 6;
constexpr std::size_t beam = 3;  // how many unfinished configurations are pursued at a time

// A configuration that was edited so far.
struct Attempted {
  Texts texts;
  std::vector<std::string> steps;
  std::vector<std::string> asks;
  std::vector<std::string> commands;
  std::vector<std::string> rehearsal;
  unsigned cost = 0;
  Loaded loaded;
  Audit audit;
};

std::size_t critical_findings(const Audit& audit) {
  return static_cast<std::size_t>(
      std::count_if(audit.findings.begin(), audit.findings.end(),
                    [](const Finding& finding) { return finding.severity == Severity::critical; }));
}

// How far from closed: smaller is better.
auto distance(const Attempted& attempted) {
  std::size_t open = 0;
  std::size_t undecided = 0;
  std::size_t dead = 0;
  std::size_t ways_in = 0;
  mail::IpSet possible;
  for (const auto& door : attempted.audit.doors) {
    if (!door.runs) ++dead;
    if (door.loopback_only) continue;
    if (door.verdict == Verdict::open) ++open;
    if (door.verdict == Verdict::undecided) ++undecided;
    ways_in += door.exposures.size() + door.assumptions.size();
    possible = possible | door.may_relay;
  }
  return std::make_tuple(!attempted.audit.runs, dead, open, critical_findings(attempted.audit),
                         undecided, (possible & mail::globally_routable()).size_v4(), ways_in,
                         attempted.cost);
}

// Where the audit says that it is open, or hangs on something.
std::vector<SourceRange> causes_of(const Audit& audit, const policy::Policy& policy) {
  std::vector<SourceRange> places;
  const auto add = [&](const SourceRange& where) {
    if (!where.file.empty()) places.push_back(where);
  };
  for (const auto& door : audit.doors) {
    if (door.loopback_only) continue;
    for (const auto& exposure : door.exposures) {
      for (const auto& cause : exposure.because) add(cause.where);
    }
    for (const auto& assumption : door.assumptions) add(assumption.where);
  }
  for (const auto& finding : audit.findings) {
    if (finding.severity >= Severity::high) add(finding.where);
  }
  // Of strangers who appear under another address: what admits that one.
  for (std::size_t i = 0; i < audit.doors.size(); ++i) {
    const auto& door = policy.doors.at(i);
    for (const auto& seen : door.seen) {
      const auto* line = questions::trusting_line(policy, audit.doors[i], door, seen);
      if (line != nullptr) add(line->range);
    }
  }
  return places;
}

void append(const std::vector<std::string>& from, std::vector<std::string>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

class Planner {
 public:
  Planner(const Subject& subject, const PlanOptions& options)
      : subject_(subject), options_(options) {
    loss_options_.audit = options.audit;
    // A server may know its own machine by these only; nobody writes from the others.
    loss_options_.promised = mail::IpSet::of(*mail::IpAddress::parse("127.0.0.1")) |
                             mail::IpSet::of(*mail::IpAddress::parse("::1"));
    // Of a server elsewhere that was exported: that its own programs hand mail in over loopback
    // without a password is no rule there.
    if (subject.dialect->usual_place.empty()) loss_options_.promised = {};
    for (const auto& network : options.networks) {
      loss_options_.promised = loss_options_.promised | mail::IpSet::of(network);
    }
  }

  Result<Plan> run() {
    auto loaded = load_with(subject_, {});
    if (!loaded) return tl::unexpected(loaded.error());
    before_.loaded = std::move(*loaded);
    before_.audit = questions::audit(before_.loaded, options_.audit);
    plan_.before = before_.audit;
    plan_.needed = !is_mended(before_.audit);
    // What only a few addresses may is the owner's network, most likely.
    if (before_.audit.verdict == Verdict::scoped) {
      for (const auto& door : before_.audit.doors) {
        loss_options_.promised = loss_options_.promised | door.relays;
      }
    }
    if (!plan_.needed) return std::move(plan_);
    if (subject_.dialect->remedies == nullptr) {
      plan_.why_none = "no edits are known for " + std::string(subject_.dialect->title) + " yet";
      return std::move(plan_);
    }
    search();
    finish();
    return std::move(plan_);
  }

 private:
  void search() {
    std::vector<Attempted> frontier;
    frontier.push_back(before_);
    for (std::size_t step = 0; step < most_steps && !frontier.empty(); ++step) {
      std::vector<Attempted> next;
      for (const auto& one : frontier) expand(one, next);
      const bool enough = std::any_of(found_.begin(), found_.end(),
                                      [](const Way& way) { return !way.asks_owner(); });
      if (enough || is_over()) return;
      std::stable_sort(next.begin(), next.end(), [](const Attempted& a, const Attempted& b) {
        return distance(a) < distance(b);
      });
      if (next.size() > beam) next.resize(beam);
      frontier = std::move(next);
    }
  }

  bool is_over() const {
    return plan_.trials >= options_.trials ||
           std::chrono::steady_clock::now() - start_ > options_.patience;
  }

  void expand(const Attempted& from, std::vector<Attempted>& to) {
    const OverlayFiles files(*subject_.files, from.texts);
    const dialects::RemedyRequest request{options_.networks,
                                          causes_of(from.audit, from.loaded.policy)};
    for (auto& remedy : subject_.dialect->remedies(files, subject_.path, subject_.host, request)) {
      if (is_over()) return;
      if (remedy.edits.empty()) {
        refused_ = remedy.says;
        continue;
      }
      auto texts = edited(files, from.texts, remedy.edits);
      if (!texts || !seen_.insert(*texts).second) continue;
      ++plan_.trials;
      auto loaded = load_with(subject_, *texts);
      if (!loaded) continue;
      Attempted one{
          std::move(*texts),       from.steps,         from.asks, from.commands, from.rehearsal,
          from.cost + remedy.cost, std::move(*loaded), {}};
      append(remedy.commands, one.commands);
      append(remedy.rehearsal, one.rehearsal);
      one.steps.push_back(std::move(remedy.says));
      if (!remedy.asks.empty()) one.asks.push_back(std::move(remedy.asks));
      one.audit = questions::audit(one.loaded, options_.audit);
      const bool closed = is_mended(one.audit);
      if (closed && !add_way(one)) continue;
      to.push_back(std::move(one));
    }
  }

  // True if it is worth going on: something that should not be lost may still be given back.
  bool add_way(const Attempted& one) {
    Way way;
    way.steps = one.steps;
    way.asks = one.asks;
    way.commands = one.commands;
    way.rehearsal = one.rehearsal;
    way.losses = questions::losses(before_.loaded, one.loaded, loss_options_);
    for (const auto& [path, text] : one.texts) {
      const auto old = subject_.files->read(path);
      if (old && **old != text) way.files.push_back({path, **old, text});
    }
    costs_.push_back(one.cost);
    found_.push_back(std::move(way));
    return found_.back().losses.any_legitimate();
  }

  static std::size_t lines_of(const Way& way) {
    std::size_t lines = 0;
    for (const auto& file : way.files) {
      for (const auto& change : changed_lines(file.before, file.after)) {
        lines += change.old_end - change.old_begin + change.new_end - change.new_begin;
      }
    }
    return lines;
  }

  // All that it does the other does, too.
  static bool takes_no_more(const Way& way, const Way& other) {
    return std::all_of(way.steps.begin(), way.steps.end(), [&](const std::string& step) {
      return std::find(other.steps.begin(), other.steps.end(), step) != other.steps.end();
    });
  }

  void finish() {
    struct Ranked {
      std::size_t index;
      std::tuple<bool, bool, unsigned, std::uint64_t, std::size_t> rank;
    };
    std::vector<Ranked> order;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const auto& way = found_[i];
      order.push_back({i,
                       {way.losses.any_legitimate(), !way.asks.empty(), costs_[i],
                        way.losses.no_longer().size_v4(), lines_of(way)}});
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
    for (const auto& ranked : order) {
      if (plan_.ways.size() >= options_.ways) break;
      // A way that loses something is none where another loses nothing.
      if (!plan_.ways.empty() && !plan_.ways.front().losses.any_legitimate() &&
          found_[ranked.index].losses.any_legitimate()) {
        break;
      }
      const bool more_than_enough =
          std::any_of(plan_.ways.begin(), plan_.ways.end(),
                      [&](const Way& way) { return takes_no_more(way, found_[ranked.index]); });
      if (!more_than_enough) plan_.ways.push_back(std::move(found_[ranked.index]));
    }
    if (!plan_.ways.empty()) return;
    plan_.why_none = plan_.trials == 0
                         ? "no edit is known that could close it"
                         : "none of the edits that were tried could be proved to close it";
    if (is_over()) plan_.why_none += ", and there may be more to try";
    if (!refused_.empty()) plan_.why_none = refused_;
  }

  const Subject& subject_;
  const PlanOptions& options_;
  questions::LossOptions loss_options_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Attempted before_;
  Plan plan_;
  std::vector<Way> found_;
  std::vector<unsigned> costs_;
  std::set<Texts> seen_;
  std::string refused_;  // by the dialect, which can propose no edit
};

}  // namespace

Result<Loaded> load_with(const Subject& subject, const Texts& texts) {
  const OverlayFiles files(*subject.files, texts);
  auto loaded = subject.dialect->load(files, subject.path, subject.host);
  if (!loaded) return loaded;
  auto& claims = loaded->policy.answers_for;
  claims.insert(claims.end(), subject.responsible.begin(), subject.responsible.end());
  if (subject.surroundings) {
    const auto applied = subject.surroundings(*loaded);
    if (!applied) return tl::unexpected(applied.error());
  }
  return loaded;
}

bool is_mended(const Audit& audit) {
  return audit.verdict == Verdict::closed && audit.runs && critical_findings(audit) == 0;
}

Result<Plan> plan(const Subject& subject, const PlanOptions& options) {
  return Planner(subject, options).run();
}

}  // namespace relayproof::repair
