#include "report/as_nmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/layout.h"
#include "report/text_parts.h"
#include "techniques/technique.h"

namespace relayproof::report {
namespace {

using probe::CountsAs;
using probe::DoorResult;
using probe::Outcome;
using probe::OutcomeKind;

constexpr std::size_t tests = 16;
constexpr std::string_view numbered = "nmap #";

// Its number among the sixteen; 0 if it is none of them.
std::size_t number_of(const techniques::Technique& row) {
  const std::size_t at = row.also_in.find(numbered);
  if (at == std::string_view::npos) return 0;
  std::size_t number = 0;
  for (const char c : row.also_in.substr(at + numbered.size())) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number <= tests ? number : 0;
}

// What was answered to each of its tests with its own sender, and to the same recipient in the end.
struct Test {
  const Outcome* first = nullptr;
  const Outcome* last = nullptr;
};
using Tests = std::array<Test, tests + 1>;

Tests tests_of(const DoorResult& door) {
  Tests found;
  for (const Outcome& outcome : door.outcomes) {
    const auto* row = techniques::find(outcome.technique);
    if (row == nullptr) continue;
    Test& test = found.at(number_of(*row));
    if (test.first == nullptr) test.first = &outcome;
    test.last = &outcome;
  }
  return found;
}

bool is_530(const Outcome& outcome) {
  return outcome.reply &&
         (outcome.reply->code == 530 || outcome.reply->text().find("530") != std::string::npos);
}

bool was_taken(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::accepted || outcome.kind == OutcomeKind::delivered;
}

bool sender_refused(const Test& test) {
  return test.first->kind == OutcomeKind::not_run &&
         test.first->refused_as == probe::RefusedAs::sender;
}

struct Count {
  std::vector<const Outcome*> taken;
  std::vector<const Test*> untested;  // its sender was refused, so its recipient was not asked
  bool wants_password = false;
};

Count count_tests(const Tests& all) {
  Count found;
  for (std::size_t i = 1; i <= tests; ++i) {
    const Test& test = all.at(i);
    if (test.first == nullptr) continue;
    if (is_530(*test.first)) {
      found.wants_password = true;
      return found;
    }
    if (was_taken(*test.first)) found.taken.push_back(test.first);
    if (sender_refused(test)) found.untested.push_back(&test);
  }
  return found;
}

std::string names(const std::vector<const Outcome*>& outcomes) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(outcomes.size(), most); ++i) {
    text += (i == 0 ? "" : ", ") + outcomes[i]->technique;
  }
  return outcomes.size() > most ? text + ", .." : text;
}

std::string tests_counted(std::size_t count) { return counted(count, "test", "tests"); }

// It counted these, and they are none.
void explain_counted(const Count& found, std::vector<std::string>& why) {
  std::vector<const Outcome*> local;
  std::vector<const Outcome*> nowhere;
  for (const Outcome* outcome : found.taken) {
    if (outcome->counts_as == CountsAs::relay) continue;
    (outcome->tokens.empty() ? local : nowhere).push_back(outcome);
  }
  if (!local.empty()) {
    why.push_back(
        fmt::format("it counts {} ({}) that the server takes for mailboxes of its own as well: it "
                    "asks for no mailbox that cannot exist",
                    tests_counted(local.size()), names(local)));
  }
  if (!nowhere.empty()) {
    why.push_back(
        fmt::format("it counts {} ({}) of which no message came to the canary: it sends "
                    "none",
                    tests_counted(nowhere.size()), names(nowhere)));
  }
}

// It asked nothing there, and takes that for a no.
void explain_untested(const Count& found, std::vector<std::string>& why) {
  if (found.untested.empty()) return;
  const auto relays = static_cast<std::size_t>(
      std::count_if(found.untested.begin(), found.untested.end(),
                    [](const Test* test) { return test->last->counts_as == CountsAs::relay; }));
  std::string text =
      fmt::format("the server refuses its sender in {} of its tests, and it takes that for a no",
                  found.untested.size());
  if (relays > 0) text += fmt::format("; with another sender {} of them relay", relays);
  why.push_back(text);
}

void explain_session(const DoorResult& door, std::vector<std::string>& why) {
  struct Limit {
    probe::Software software;
    const char* says;
  };
  constexpr std::array limits{
      Limit{probe::Software::exim,
            "it asks all in one session, which Exim ends at the fourth address that it does not "
            "understand: it may stop there without a verdict"},
      Limit{probe::Software::postfix,
            "it asks all in one session, in which Postfix answers each reply a second late from "
            "the eleventh refusal on"}};
  for (const auto& limit : limits) {
    if (limit.software == door.software) why.emplace_back(limit.says);
  }
}

}  // namespace

NmapVerdict as_nmap(const DoorResult& door) {
  NmapVerdict verdict;
  const Tests all = tests_of(door);  // what was counted points into it
  const Count found = count_tests(all);
  verdict.open = !found.wants_password && !found.taken.empty();
  verdict.says = found.wants_password ? "Server isn't an open relay, authentication needed"
                 : verdict.open
                     ? fmt::format("Server is an open relay ({}/16 tests)", found.taken.size())
                     : "Server doesn't seem to be an open relay, all tests failed";
  explain_counted(found, verdict.why);
  explain_untested(found, verdict.why);
  if (door.verdict == probe::Verdict::undecided && !verdict.open) {
    verdict.why.push_back("it takes every refusal for one of relaying; here: " + door.reason);
  }
  explain_session(door, verdict.why);
  return verdict;
}

std::string as_nmap_lines(const probe::Run& run, const TextOptions& options) {
  std::string out;
  for (const DoorResult& door : run.doors) {
    const Tests all = tests_of(door);
    const bool asked = std::any_of(all.begin() + 1, all.end(),
                                   [](const Test& test) { return test.first != nullptr; });
    if (door.reached != probe::Reached::yes || !door.in_full || !asked) continue;
    const NmapVerdict verdict = as_nmap(door);
    out += "\n  As nmap   " + door_label(door.target) + ": \"" + verdict.says + "\"\n";
    for (const auto& clause : verdict.why) {
      out += paragraph("            ", said(clause, 400, options) + ".", 12);
    }
  }
  return out;
}

}  // namespace relayproof::report
