#include "report/next_steps.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "base/text.h"
#include "report/render.h"
#include "report/tally.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

using probe::DoorResult;
using probe::Reached;
using probe::Run;

template <class Predicate>
const DoorResult* first_door(const Run& run, Predicate wanted) {
  const auto found = std::find_if(run.doors.begin(), run.doors.end(), wanted);
  return found == run.doors.end() ? nullptr : &*found;
}

// The same question again; the ports only where they were chosen, as port 25 is asked unbidden.
std::string check_again(const Run& run) {
  std::string command = "relayproof check " + shell_quote(run.host);
  std::set<std::uint16_t> ports;
  for (const DoorResult& door : run.doors) ports.insert(door.target.port);
  if (ports.count(25) != 0) return command;
  for (const std::uint16_t port : ports) command += " --port " + std::to_string(port);
  return command;
}

// One message to a mailbox of the operator's own outside: whether it arrives is the answer.
std::string deliver_by_hand(const Run& run, const DoorResult& door) {
  probe::Outcome message;
  message.attempt = {run.our_name, "<>", "<you@elsewhere.example>"};
  std::string command = by_hand(door, message).swaks;
  const std::size_t stop = command.find(" --quit-after RCPT");
  if (stop == std::string::npos) return "";
  return command.substr(0, stop);
}

void add_delivery(std::vector<NextStep>& steps, std::string says, const Run& run,
                  const DoorResult& door) {
  std::string command = deliver_by_hand(run, door);
  if (!command.empty()) steps.push_back({std::move(says), std::move(command)});
}

std::vector<NextStep> for_open(const Run& run) {
  std::vector<NextStep> steps = {
      {"close it in the server's configuration, then ask again", check_again(run)},
      {"look whether it was abused: its mail log, its queue, and the block lists", ""}};
  const DoorResult* door =
      first_door(run, [](const DoorResult& each) { return each.verdict == probe::Verdict::open; });
  if (door != nullptr && door->evidence == probe::Evidence::observed) {
    add_delivery(steps, "to see a message arrive, put an address of yours elsewhere into", run,
                 *door);
  }
  return steps;
}

std::vector<NextStep> for_sink(const Run& run) {
  std::vector<NextStep> steps;
  const DoorResult* door =
      first_door(run, [](const DoorResult& each) { return each.accepts_everything; });
  if (door == nullptr) return steps;
  if (door->own_domain.empty()) {
    steps.push_back(
        {"name a domain that it answers for", check_again(run) + " --domain its-domain.example"});
  }
  add_delivery(steps,
               "what decides: put an address of yours elsewhere into this; if the message arrives "
               "there, it is an open relay",
               run, *door);
  return steps;
}

std::vector<NextStep> for_undecided(const Run& run) {
  std::vector<NextStep> steps;
  const DoorResult* trusted =
      first_door(run, [](const DoorResult& door) { return door.trusted_place && answered(door); });
  if (trusted != nullptr) {
    steps.push_back({"ask from a machine outside its networks; there", check_again(run)});
  }
  if (first_door(run, [](const DoorResult& door) { return door.blocked_after > 0; }) != nullptr) {
    steps.push_back(
        {"it cut this machine off: wait until the block ends, or ask from another machine",
         check_again(run)});
  }
  const bool none_listens =
      std::all_of(run.doors.begin(), run.doors.end(),
                  [](const DoorResult& door) { return door.reached == Reached::refused; });
  if (none_listens && !run.doors.empty()) {
    steps.push_back({"is it running, and is this its name and port? On the server", "ss -ltn"});
  }
  const bool blocked_here = first_door(run, [](const DoorResult& door) {
                              return door.reached == Reached::timed_out && door.target.port == 25;
                            }) != nullptr;
  if (blocked_here && first_door(run, answered) == nullptr) {
    steps.push_back(
        {"many networks block port 25 outwards; ask a mail server that is surely up for a second "
         "opinion",
         check_again(run) + " --egress another-mail-server.example"});
  }
  const DoorResult* nameless =
      first_door(run, [](const DoorResult& door) { return door.own_domain.empty(); });
  if (steps.empty() && nameless != nullptr && first_door(run, answered) != nullptr) {
    steps.push_back(
        {"name a domain that it answers for, and a mailbox there",
         check_again(run) + " --domain its-domain.example --user somebody@its-domain.example"});
  }
  if (steps.empty()) steps.push_back({"ask again", check_again(run) + " --transcript"});
  return steps;
}

std::vector<NextStep> for_closed(const Run& run) {
  std::vector<NextStep> steps;
  if (!run.not_asked.empty()) {
    steps.push_back({"ask from a place where the rest can be asked; there", check_again(run)});
  }
  return steps;
}

}  // namespace

std::vector<NextStep> next_steps(const Run& run) {
  if (run.verdict == probe::Verdict::open) return for_open(run);
  if (run.verdict == probe::Verdict::closed) return for_closed(run);
  return takes_everything(run) ? for_sink(run) : for_undecided(run);
}

std::string to_string(const NextStep& step) {
  return step.command.empty() ? step.says : step.says + ": " + step.command;
}

}  // namespace relayproof::report
