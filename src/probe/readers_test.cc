// Each way of reading an address wrongly is found by some spelling of the catalogue, and none of
// them fires on a server that reads soundly.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "net/loop.h"
#include "probe/run.h"
#include "support/address_readers.h"
#include "support/fake_network.h"

namespace relayproof::probe {
namespace {

using testing_support::AddressReader;
using testing_support::FakeNetwork;

using techniques::Set;

probe::Run ask(const AddressReader& reader, const std::set<Set>& sets) {
  FakeNetwork network;
  network.hosts["mail.example.com"] = {"192.0.2.25"};
  network.exchangers["example.com"] = {{10, "mail.example.com"}};
  network.pointers["203.0.113.9"] = {"probe.club.example"};
  network.hosts["probe.club.example"] = {"203.0.113.9"};
  const auto policy = policy_of(reader);
  network.servers[{"192.0.2.25", 25}] = [policy](std::size_t) { return policy; };
  RunOptions options;
  options.target = {"mail.example.com", {}};
  options.follow_mx = true;
  for (const auto& row : techniques::catalogue()) {
    if (sets.contains(row.set)) options.techniques.push_back(&row);
  }
  int tokens = 0;
  options.token = [&tokens] { return "k" + std::to_string(++tokens); };
  net::Loop loop;
  auto plan = loop.run(prepare(network, options));
  EXPECT_TRUE(plan) << plan.error().message;
  return loop.run(execute(network, std::move(*plan)));
}

std::set<std::string> relaying(const probe::Run& run) {
  std::set<std::string> names;
  for (const auto& outcome : run.doors.front().outcomes) {
    if (outcome.counts_as == CountsAs::relay) names.insert(outcome.technique);
  }
  return names;
}

TEST(Readers, NothingFiresOnASoundOne) {
  for (const auto set : {Set::standard, Set::historic, Set::invasive}) {
    const auto run = ask(testing_support::sound_reader(), {set});
    EXPECT_EQ(run.verdict, Verdict::closed) << run.reason;
    EXPECT_EQ(relaying(run), std::set<std::string>{});
  }
}

TEST(Readers, EveryDefectIsFoundBySpellingsThatItExplains) {
  const std::map<std::string_view, std::set<std::string>> telling{
      {"percent", {"percent-hack", "percent-at-domain", "percent-alone"}},
      {"bang", {"bang-path-host", "bang-at-domain", "bang-path"}},
      {"route", {"source-route", "route-of-two"}},
      {"quotes", {"quoted", "quoted-at-host", "quoted-pair-in-quotes"}},
      {"two ats", {"two-ats", "two-ats-domain"}},
      {"NUL", {"nul-before-own-domain"}},
      {"trailing dot", {"trailing-dot"}},
      {"comments", {"comment-with-own-domain"}},
      {"case", {"upper-case-domain"}},
      {"length", {"long-local-part"}},
      {"folding", {"full-width-at", "full-width-at-alone"}},
      {"SRS", {"srs-unsigned"}},
      {"encoded words", {"encoded-word"}},
      {"lists", {"comma-list"}},
      {"null domain", {"null-last-domain"}},
      {"capsules", {"imcea-smtp"}},
  };
  for (const auto& reader : testing_support::defective_readers()) {
    const auto run = ask(reader, {Set::standard, Set::historic, Set::invasive});
    EXPECT_EQ(run.verdict, Verdict::open) << reader.defect << ": " << run.reason;
    const auto found = relaying(run);
    for (const auto& name : telling.at(reader.defect)) {
      EXPECT_TRUE(found.contains(name)) << reader.defect << " is not found by " << name;
    }
    EXPECT_FALSE(found.contains("null-sender")) << reader.defect;
  }
}

}  // namespace
}  // namespace relayproof::probe
