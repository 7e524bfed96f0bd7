#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_status.h"

namespace relayproof::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

tl::expected<Arguments, Told> parse(std::vector<std::string> words) {
  // A configuration of the machine that runs the tests is none of theirs.
  if (!words.empty() && (words.front() == "check" || words.front() == "probe")) {
    words.insert(words.end(), {"--config", RELAYPROOF_SOURCE_DIR "/src/cli/testdata/empty.conf"});
  }
  std::vector<const char*> argv = {"relayproof"};
  for (const auto& word : words) argv.push_back(word.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

TEST(Arguments, HaveDefaults) {
  const auto arguments = parse({"check", "mail.example.com"});
  ASSERT_TRUE(arguments) << arguments.error().text;
  EXPECT_EQ(arguments->command, Command::check);
  EXPECT_THAT(arguments->targets, ElementsAre("mail.example.com"));
  EXPECT_EQ(arguments->format, Format::text);
  EXPECT_TRUE(arguments->run.ports.empty());
  EXPECT_EQ(arguments->run.timeout, std::chrono::seconds(120));
  EXPECT_EQ(arguments->run.per_host, 4U);
  EXPECT_FALSE(arguments->run.data_phase || arguments->run.as_stranger);
  EXPECT_EQ(arguments->run.techniques, probe::standard_techniques());
}

TEST(Arguments, TakeEveryOptionOfAsking) {
  const auto arguments = parse({"probe",
                                "a.example",
                                "[2001:db8::25]:2525",
                                "--port",
                                "587",
                                "--port",
                                "25",
                                "--port",
                                "587",
                                "--domain",
                                "Example.COM.",
                                "--user",
                                "bob@example.com",
                                "--from",
                                "me@club.example",
                                "--to",
                                "me@else.example",
                                "--source",
                                "192.0.2.1",
                                "--as-stranger",
                                "--egress",
                                "mx.example",
                                "--phase",
                                "data",
                                "--technique",
                                "null-sender",
                                "--timeout",
                                "2.5",
                                "--per-host",
                                "2",
                                "--resolver",
                                "192.0.2.53:5353",
                                "--concurrency",
                                "8",
                                "--format",
                                "jsonl",
                                "-o",
                                "out",
                                "-q",
                                "-v",
                                "--transcript"});
  ASSERT_TRUE(arguments) << arguments.error().text;
  const auto& run = arguments->run;
  EXPECT_EQ(arguments->targets.size(), 2U);
  EXPECT_THAT(run.ports, ElementsAre(587, 25));
  EXPECT_THAT(run.domains, ElementsAre("example.com"));
  EXPECT_EQ(run.user + run.from + run.to, "bob@example.comme@club.exampleme@else.example");
  EXPECT_EQ(run.sources.front().to_string(), "192.0.2.1");
  EXPECT_TRUE(run.as_stranger && run.data_phase);
  EXPECT_EQ(run.egress, "mx.example");
  EXPECT_THAT(run.techniques, ElementsAre(techniques::find("null-sender")));
  EXPECT_EQ(run.timeout, std::chrono::milliseconds(2500));
  EXPECT_EQ(run.per_host, 2U);
  EXPECT_EQ(arguments->network.resolver->port, 5353);
  EXPECT_EQ(arguments->many.pace.at_a_time, 8U);
  EXPECT_EQ(arguments->format, Format::jsonl);
  EXPECT_EQ(arguments->output, "out");
  EXPECT_TRUE(arguments->quiet && arguments->verbose && arguments->transcript);
}

TEST(Arguments, ChooseWhatAnotherToolAsks) {
  const auto arguments = parse({"probe", "a.example", "--as", "nmap"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->run.techniques.size(), 16U);
}

TEST(Arguments, AskAllPortsWith25First) {
  const auto arguments = parse({"probe", "a.example", "--all-ports"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->run.ports.front(), 25);
  EXPECT_GE(arguments->run.ports.size(), 5U);
}

TEST(Arguments, ThatAreWrongAreOneLineAndStatusUnknown) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> rows = {
      {{"frobnicate"}, "frobnicate"},
      {{"probe"}, "name a target"},
      {{"check", "a", "b"}, "b"},
      {{"check", "--frob", "a"}, "--frob"},
      {{"check", "a b"}, "a b"},
      {{"check", "192.0.2.0/24"}, "scope"},
      {{"check", "a.example:0"}, "port"},
      {{"check", "a\x1b[31m\nb"}, "is not a host"},
      {{"check", "a", "--port", "0"}, "--port"},
      {{"check", "a", "--port", "65536"}, "--port"},
      {{"check", "a", "--domain", "a..b"}, "--domain"},
      {{"check", "a", "--user", "bob"}, "--user"},
      {{"check", "a", "--from", "me"}, "--from"},
      {{"check", "a", "--from", "a@b\r\nRSET"}, "--from"},
      {{"check", "a", "--to", "<me@x>"}, "--to"},
      {{"check", "a", "--source", "here"}, "--source"},
      {{"check", "a", "--resolver", "dns.example"}, "--resolver"},
      {{"check", "a", "--phase", "deliver"}, "--phase"},
      {{"check", "a", "--format", "xml"}, "--format"},
      {{"check", "a", "--technique", "telepathy"}, "telepathy"},
      {{"check", "a", "--set", "modern"}, "--set"},
      {{"check", "a", "--as", "telnet"}, "--as"},
      {{"check", "a", "--timeout", "0"}, "--timeout"},
      {{"check", "a", "--timeout", "nan"}, "--timeout"},
      {{"check", "a", "--timeout", "inf"}, "--timeout"},
      {{"check", "a", "--timeout", "1e9"}, "--timeout"},
      {{"check", "a", "--per-host", "0"}, "--per-host"},
      {{"probe", "a", "--concurrency", "10001"}, "--concurrency"},
  };
  for (const auto& [words, names] : rows) {
    const auto arguments = parse(words);
    ASSERT_FALSE(arguments) << names;
    const Told& told = arguments.error();
    EXPECT_EQ(told.status, unknown) << told.text;
    EXPECT_THAT(told.text, HasSubstr(names));
    EXPECT_EQ(told.text.find('\n'), told.text.size() - 1) << told.text;
    EXPECT_EQ(told.text.find('\x1b'), std::string::npos) << told.text;
  }
}

TEST(Arguments, AskForHelpAndForTheVersion) {
  for (const char* option : {"--help", "--version"}) {
    const auto arguments = parse({option});
    ASSERT_FALSE(arguments);
    EXPECT_EQ(arguments.error().status, ok);
    EXPECT_THAT(arguments.error().text, HasSubstr("relayproof"));
  }
  EXPECT_THAT(parse({"check", "--help"}).error().text, HasSubstr("--as-stranger"));
  EXPECT_EQ(parse({}).error().status, unknown);
}

}  // namespace
}  // namespace relayproof::cli
