// Whole configurations: what each is lowered to, and what becomes of a few attempts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialects/postfix/dialect.h"
#include "policy/decide.h"
#include "support/golden.h"

namespace relayproof::dialects {
namespace {

namespace fs = std::filesystem;
using testing_support::matches_golden;
using testing_support::read_file;

std::string path_of(const std::string& below) {
  return std::string(RELAYPROOF_SOURCE_DIR) + "/src/dialects/postfix/testdata/" + below;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_of(""))) {
    if (fs::exists(entry.path() / "config")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

MemoryFiles files_of(const std::string& name) {
  MemoryFiles files;
  const fs::path root = path_of(name + "/config");
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    files.add("/etc/postfix/" + fs::relative(entry.path(), root).string(),
              read_file(entry.path().string()));
  }
  return files;
}

// `version` of a case holds another one than the usual.
Host host_of(const std::string& name) {
  Host host;
  host.hostname = "mail.example.com";
  host.interfaces = {*mail::Network::parse("127.0.0.1/8"), *mail::Network::parse("192.0.2.25/24"),
                     *mail::Network::parse("::1/128")};
  host.mta_version = "3.7.11";
  const auto version = path_of(name + "/version");
  if (fs::exists(version)) host.mta_version = std::string(trim(read_file(version)));
  return host;
}

policy::Attempt attempt(std::string_view client, std::string from, std::string to) {
  policy::Attempt made;
  made.client = *mail::IpAddress::parse(client);
  made.helo = "client.example.net";
  made.mail_from = std::move(from);
  made.rcpt_to = std::move(to);
  return made;
}

std::string told(const policy::Policy& policy, std::size_t listener,
                 const policy::Attempt& attempt) {
  const auto decision = policy::decide(policy, listener, attempt);
  auto text =
      fmt::format("  {} {} -> {}{}: {}", attempt.client.to_string(), attempt.mail_from,
                  attempt.rcpt_to, attempt.user ? " logged in" : "", to_string(decision.reply));
  if (decision.reply != policy::Decision::Reply::undecided) {
    text += fmt::format(" {} {}", decision.answer.code, decision.answer.enhanced);
  }
  if (!decision.refused_by.empty()) text += " by " + decision.refused_by;
  text += fmt::format(", relay: {}\n", to_string(decision.relay));
  for (const auto question : decision.hangs_on) {
    text += "    hangs on " + policy.questions.at(question).name + "\n";
  }
  return text;
}

// `client=203.0.113.9 name=mail.example.net helo=- from=<> to=<a@example.net>`, in any order.
policy::Attempt read_attempt(std::string_view line) {
  auto made = attempt("203.0.113.9", "<a@example.org>", "<someone@example.net>");
  for (const auto word : words(line)) {
    const auto name = word.substr(0, word.find('='));
    const std::string value(word.substr(std::min(word.size(), name.size() + 1)));
    if (name == "client") made.client = *mail::IpAddress::parse(value);
    if (name == "name") made.reverse_name = value;
    if (name == "unconfirmed") made.name_confirmed = false;
    if (name == "helo") made.helo = value == "-" ? std::nullopt : std::optional(value);
    if (name == "tls") made.tls = true;
    if (name == "certificate") {
      made.tls = true;
      made.certificate = value == "trusted" ? policy::Attempt::Certificate::trusted
                                            : policy::Attempt::Certificate::self_signed;
    }
    if (name == "user") made.user = value;
    if (name == "from") made.mail_from = value;
    if (name == "to") made.rcpt_to = value;
    if (name == "after") made.after.push_back(value);
  }
  return made;
}

std::string own_attempts(const policy::Policy& policy, std::size_t listener,
                         const std::string& name) {
  std::string text;
  const auto file = path_of(name + "/attempts");
  if (!fs::exists(file)) return text;
  const auto content = read_file(file);
  for (const auto line : split(content, '\n')) {
    if (line.empty()) continue;
    text += fmt::format("  {}\n  {}", line, told(policy, listener, read_attempt(line)));
  }
  return text;
}

std::string attempts(const policy::Policy& policy, std::size_t listener) {
  std::string text;
  const std::string outside = "<someone@example.net>";
  text += told(policy, listener, attempt("203.0.113.9", "<>", outside));
  text += told(policy, listener, attempt("203.0.113.9", "<a@example.com>", outside));
  text += told(policy, listener, attempt("203.0.113.9", "<a@example.org>", "<root@example.com>"));
  text += told(policy, listener, attempt("203.0.113.9", "<a@example.org>", "<Postmaster>"));
  text += told(policy, listener, attempt("2001:db8::9", "<a@example.org>", outside));
  text += told(policy, listener, attempt("127.0.0.1", "<a@example.com>", outside));
  text += told(policy, listener, attempt("192.0.2.7", "<a@example.com>", outside));
  auto user = attempt("203.0.113.9", "<a@example.com>", outside);
  user.user = "someone";
  user.tls = true;
  text += told(policy, listener, user);
  return text;
}

std::string described(const Loaded& loaded, const std::string& name) {
  std::string text = loaded.runs ? "runs\n" : "does not run: " + loaded.why_not + "\n";
  for (const auto& assumption : loaded.assumptions) {
    text += fmt::format("{} {}: {}\n", assumption.decisive ? "decisive:" : "assumed:",
                        escape_foreign(assumption.text), assumption.says);
  }
  text += policy::print(loaded.policy);
  for (std::size_t i = 0; i < loaded.policy.listeners.size(); ++i) {
    const auto& listener = loaded.policy.listeners[i];
    if (!listener.runs) continue;
    text += fmt::format("attempts at {}\n{}", listener.name, attempts(loaded.policy, i));
    text += own_attempts(loaded.policy, i, name);
  }
  return text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, IsLoweredAsWritten) {
  const auto& name = GetParam();
  const auto files = files_of(name);
  ASSERT_TRUE(postfix::dialect.recognise(files, "/etc/postfix"));
  const auto loaded = postfix::dialect.load(files, "/etc/postfix", host_of(name));
  ASSERT_TRUE(loaded.has_value()) << to_string(loaded.error());
  EXPECT_TRUE(matches_golden(described(*loaded, name), path_of(name + "/expected")));
}

std::string test_name(const testing::TestParamInfo<std::string>& golden) {
  auto name = golden.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Configurations, Golden, testing::ValuesIn(case_names()), test_name);

}  // namespace
}  // namespace relayproof::dialects
