#include <gmock/gmock.h>

#include <filesystem>

#include "cli/attempts_file.h"
#include "support/golden.h"

namespace relayproof::cli {

int fuzz_attempts_parser(const std::uint8_t* data, std::size_t size);

namespace {

using Certificate = policy::Attempt::Certificate;

TEST(ParseAttempt, NeedsOnlyAClientAndARecipient) {
  const auto attempt =
      parse_attempt(R"({"client": "203.0.113.9", "rcpt_to": "a@example.net"})", "f", 1);
  ASSERT_TRUE(attempt) << to_string(attempt.error());
  EXPECT_EQ(attempt->client.to_string(), "203.0.113.9");
  EXPECT_EQ(attempt->rcpt_to, "<a@example.net>");
  EXPECT_EQ(parse_attempt(R"({"client": "::1", "rcpt_to": "(note) <a@b>"})", "f", 1)->rcpt_to,
            "(note) <a@b>");
  EXPECT_EQ(attempt->mail_from, "<>");
  EXPECT_FALSE(attempt->helo || attempt->user || attempt->reverse_name || attempt->tls);
  EXPECT_TRUE(attempt->name_confirmed);
  EXPECT_EQ(attempt->port, 25);
}

TEST(ParseAttempt, TakesEveryKey) {
  const auto attempt = parse_attempt(
      R"({"client": "2001:db8::9", "ptr": "mail.example.net", "ptr_confirmed": false,
          "helo": "x", "tls": true, "client_cert": "self-signed", "auth": "bob", "port": 587,
          "server": "192.0.2.1", "mail_from": "", "rcpt_to": "<@a:b@c>", "after": ["x@y"],
          "speaks_for": "127.0.0.1", "headers": {"X-A": "b"}})",
      "f", 1);
  ASSERT_TRUE(attempt) << to_string(attempt.error());
  EXPECT_EQ(attempt->reverse_name, "mail.example.net");
  EXPECT_FALSE(attempt->name_confirmed);
  EXPECT_EQ(attempt->helo, "x");
  EXPECT_TRUE(attempt->tls);
  EXPECT_EQ(attempt->certificate, Certificate::self_signed);
  EXPECT_EQ(attempt->user, "bob");
  EXPECT_EQ(attempt->port, 587);
  EXPECT_EQ(attempt->server->to_string(), "192.0.2.1");
  EXPECT_EQ(attempt->mail_from, "<>");
  EXPECT_EQ(attempt->rcpt_to, "<@a:b@c>");
  EXPECT_THAT(attempt->after, testing::ElementsAre("<x@y>"));
  EXPECT_EQ(attempt->speaks_for->to_string(), "127.0.0.1");
  EXPECT_THAT(attempt->headers, testing::ElementsAre("X-A: b"));
}

TEST(ParseAttempt, SaysWhatIsWrongAndWhere) {
  for (const auto& [line, message] : {
           std::pair{"[]", "f:3:1: this is no JSON object"},
           std::pair{"{\"client\":", "f:3:1: this is no JSON object"},
           std::pair{R"({"client": "203.0.113.9"})", "f:3:1: rcpt_to is missing"},
           std::pair{R"({"client": "x", "rcpt_to": "a@b"})", "f:3:1: client is no IP address"},
           std::pair{R"({"client": "::1", "rcpt_to": 1})", "f:3:1: rcpt_to is no string"},
           std::pair{R"({"client": "::1", "rcpt_to": "a@b", "port": 0})", "f:3:1: port is no port"},
           std::pair{R"({"client": "::1", "rcpt_to": "a@b", "hello": "x"})",
                     "f:3:1: no attempt has a key 'hello'"},
       }) {
    const auto attempt = parse_attempt(line, "f", 3);
    ASSERT_FALSE(attempt) << line;
    EXPECT_EQ(to_string(attempt.error()), message);
  }
}

TEST(ParseAttempt, SavedFuzzInputsPass) {
  std::size_t inputs = 0;
  const std::string corpus = std::string(RELAYPROOF_SOURCE_DIR) + "/fuzz/corpus/attempts_parser";
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string bytes = testing_support::read_file(entry.path().string());
    EXPECT_EQ(
        fuzz_attempts_parser(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 3U);
}

}  // namespace
}  // namespace relayproof::cli
