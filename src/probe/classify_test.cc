#include "probe/classify.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "base/text.h"
#include "support/golden.h"

namespace relayproof::probe {

int fuzz_classify(const std::uint8_t* data, std::size_t size);

namespace {

const std::map<std::string_view, std::optional<RefusedAs>> results{
    {"relay", RefusedAs::relay},
    {"recipient", RefusedAs::recipient},
    {"sender", RefusedAs::sender},
    {"client", RefusedAs::client},
    {"policy", RefusedAs::policy},
    {"auth", RefusedAs::auth},
    {"tls", RefusedAs::tls},
    {"rate", RefusedAs::rate},
    {"syntax", RefusedAs::syntax},
    {"temporary", RefusedAs::temporary},
    {"-", std::nullopt}};

const std::map<std::string_view, Stage> stages{{"connect", Stage::connect},
                                               {"helo", Stage::helo},
                                               {"mail", Stage::mail},
                                               {"rcpt", Stage::rcpt},
                                               {"data", Stage::data}};

std::string_view name_of(std::optional<RefusedAs> result) {
  for (const auto& [name, value] : results) {
    if (value == result) return name;
  }
  return "?";
}

// `550-one\n550 two`, with a backslash and an n between the lines.
mail::Reply reply_from(std::string_view text) {
  mail::Reply reply;
  while (true) {
    const std::size_t end = text.find("\\n");
    const std::string_view line = text.substr(0, end);
    reply.code = std::stoi(std::string(line.substr(0, 3)));
    reply.lines.emplace_back(line.substr(4));
    if (end == std::string_view::npos) return reply;
    text.remove_prefix(end + 2);
  }
}

struct Golden {
  std::string_view stage, reply, expected, whose;
};

std::vector<Golden> golden_replies(std::string_view file) {
  std::vector<Golden> all;
  for (const auto line : split(file, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const auto fields = split(line, '\t');
    if (fields.size() != 4) {
      ADD_FAILURE() << "four fields, please: " << line;
      continue;
    }
    all.push_back({fields[0], fields[1], fields[2], fields[3]});
  }
  return all;
}

std::string replies_file() {
  return testing_support::read_file(std::string(RELAYPROOF_SOURCE_DIR) +
                                    "/src/probe/testdata/replies.tsv");
}

TEST(Classify, ReadsTheWordsOfRealServers) {
  const std::string file = replies_file();
  const auto all = golden_replies(file);
  EXPECT_GE(all.size(), 120U);
  for (const auto& golden : all) {
    ASSERT_TRUE(stages.contains(golden.stage)) << golden.stage;
    ASSERT_TRUE(results.contains(golden.expected)) << golden.expected;
    const auto result = classify(reply_from(golden.reply), stages.at(golden.stage));
    EXPECT_EQ(name_of(result), golden.expected)
        << golden.stage << ": " << golden.reply << " (" << golden.whose << ")";
  }
}

TEST(Classify, HasAReplyForEveryReason) {
  const std::string file = replies_file();
  std::map<std::string_view, int> seen;
  for (const auto& golden : golden_replies(file)) ++seen[golden.expected];
  EXPECT_EQ(seen.size(), results.size());
}

TEST(Classify, NeverReadsWhatTheServerRepeats) {
  const std::vector<std::string> echoes{
      "<sender@spam.example>", "<relay-access-denied@x.example>", "(starttls@x.example)",
      "sender@x.example:",     "<unknown[203.0.113.9]>:",         "<@relay.example:sender@x>"};
  for (const auto& echo : echoes) {
    const mail::Reply unknown{550, {"5.1.1 " + echo + " user unknown"}};
    EXPECT_EQ(classify(unknown, Stage::rcpt), RefusedAs::recipient) << echo;
    const mail::Reply wordless{550, {echo}};
    EXPECT_EQ(classify(wordless, Stage::rcpt), RefusedAs::policy) << echo;
  }
}

TEST(Classify, WordsInAnyCaseAndSpacing) {
  EXPECT_EQ(classify({550, {"RELAYING", "  DENIED  "}}, Stage::rcpt), RefusedAs::relay);
  EXPECT_EQ(classify({554, {"5.7.1 Relay\taccess denied"}}, Stage::rcpt), RefusedAs::relay);
}

TEST(Classify, ReadsAHostileReplyInBoundedTime) {
  for (const char* piece : {"<", "< ", ">", "@", "<a@b>", "relay "}) {
    std::string text;
    while (text.size() < 500'000) text += piece;
    EXPECT_EQ(classify({550, {text}}, Stage::rcpt), RefusedAs::policy) << piece;
    EXPECT_EQ(classify({550, {"Relaying denied " + text}}, Stage::rcpt), RefusedAs::relay) << piece;
  }
}

TEST(Classify, ACodeAloneSaysWhatItsStageSays) {
  EXPECT_EQ(classify({550, {""}}, Stage::connect), RefusedAs::client);
  EXPECT_EQ(classify({550, {""}}, Stage::helo), RefusedAs::client);
  EXPECT_EQ(classify({550, {""}}, Stage::mail), RefusedAs::sender);
  EXPECT_EQ(classify({550, {""}}, Stage::rcpt), RefusedAs::policy);
  EXPECT_EQ(classify({554, {""}}, Stage::data), RefusedAs::policy);
  for (const auto& [name, stage] : stages) {
    EXPECT_EQ(classify({450, {""}}, stage), RefusedAs::temporary) << name;
    EXPECT_EQ(classify({421, {}}, stage), RefusedAs::temporary) << name;
    EXPECT_EQ(classify({250, {"ok"}}, stage), std::nullopt) << name;
    EXPECT_EQ(classify({354, {"go on"}}, stage), std::nullopt) << name;
  }
}

TEST(Classify, SavedFuzzInputsPass) {
  std::size_t inputs = 0;
  const std::string corpus = std::string(RELAYPROOF_SOURCE_DIR) + "/fuzz/corpus/classify";
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string bytes = testing_support::read_file(entry.path().string());
    EXPECT_EQ(fuzz_classify(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 3U);
}

}  // namespace
}  // namespace relayproof::probe
