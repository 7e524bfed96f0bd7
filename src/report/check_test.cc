#include "report/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace relayproof::report {
namespace {

using testing::HasSubstr;

mail::IpAddress address(const char* text) { return *mail::IpAddress::parse(text); }

const std::string hostile = "\x1b[2J\r\n  CLOSED\x07 \xff\xc2\x9b\xe2\x80\xae <script>";

// An open server of which everything that others say is hostile.
struct Sample {
  dialects::Loaded loaded;
  questions::Audit audit;
  Checked checked;

  Sample() {
    audit.verdict = questions::Verdict::open;
    checked.inside.push_back(
        {"container " + hostile, {"Postfix", "postfix", loaded, audit, mail::loopback(), 0}});
    checked.cross.verdict = questions::Verdict::open;
    checked.cross.evidence = "proved";
    checked.cross.reason = "by its configuration strangers may relay";
    const probe::Target door{"mail", address("2001:db8::80"), 25, mail::TlsMode::none};
    checked.seen.push_back(
        {door, address("2001:db8::80"), address("172.22.1.1"), true, hostile, hostile});
    checked.cross.agreement.push_back({"x", door, crosscheck::Relation::agree, hostile, hostile, "",
                                       "1 of 1 answers as the configuration says", 1, 0});
    checked.opinions.push_back(
        {"x", "XCLIENT on 127.0.0.1:25", {}, Truth::yes, Truth::no, hostile});
    checked.abuse.push_back({"x", hostile, 7, 1, {hostile}, "7 messages for " + hostile});
    checked.ways.push_back({"x", "take " + hostile + " out", {"IPv6 mail"}, false});
    checked.ways.push_back({"x", "main.cf: take 172.22.1.0/24 out of mynetworks", {}, true});
    checked.not_read.push_back(hostile);
    checked.next.push_back("relayproof logs --client 172.22.1.1");
  }
};

bool is_harmless(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\n') || byte >= 0x7f) return false;
  }
  return true;
}

TEST(CheckText, SaysTheVerdictFirstThenWhyThenWhatCloses) {
  const Sample sample;
  const auto text = checked_text(sample.checked, {});
  EXPECT_EQ(text.rfind("  OPEN RELAY", 0), 0U) << text;
  const std::vector<std::string> order = {"OPEN RELAY",           "seen ",   "abused?",
                                          "To close it, any one", "    1  ", "loses: IPv6 mail",
                                          "    2  main.cf",       "Next "};
  std::size_t at = 0;
  for (const auto& part : order) {
    at = text.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << "\n" << text;
  }
  EXPECT_THAT(text, HasSubstr("disagrees, it refuses (predicted: it relays)"));
}

TEST(CheckText, MakesWhatOthersSayHarmless) {
  const Sample sample;
  const auto text = checked_text(sample.checked, {});
  EXPECT_TRUE(is_harmless(text)) << text;
  std::size_t verdicts = 0;
  for (auto at = text.find("\n  CLOSED"); at != std::string::npos;
       at = text.find("\n  CLOSED", at + 1)) {
    ++verdicts;
  }
  EXPECT_EQ(verdicts, 0U);
}

TEST(CheckJson, IsOneWellFormedDocumentWhateverOthersSay) {
  const Sample sample;
  const auto document = nlohmann::json::parse(checked_json(sample.checked, {}, {}));
  EXPECT_EQ(document["ways_out"].size(), 2U);
  EXPECT_EQ(document["ways_out"][1]["by_fix"], true);
  EXPECT_EQ(document["abuse"][0]["messages"], 7);
  EXPECT_EQ(document["seen_as"][0]["evidence"], "demonstrated");
  EXPECT_EQ(document["outside"], nullptr);
  const auto line = checked_json_line(sample.checked, {}, {});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

}  // namespace
}  // namespace relayproof::report
