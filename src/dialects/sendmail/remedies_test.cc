// What is proposed to close a configuration: the text that comes out, and that it is closed.
#include "dialects/sendmail/remedies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "dialects/sendmail/small_config_test.h"

namespace relayproof::sendmail {
namespace {

struct Case {
  std::string file;
  std::string cause;  // text of the line that is blamed
  std::map<std::string, std::string> files;
};

std::string mc(const std::string& lines) { return head + lines + tail; }

const Case cases[] = {
    {"sendmail.mc",
     "FEATURE(`promiscuous_relay')",
     {{"sendmail.mc", mc("FEATURE(`promiscuous_relay')dnl\n")}}},
    {"sendmail.mc",
     "# FEATURE(`relay_local_from')",
     {{"sendmail.mc", mc("# FEATURE(`relay_local_from')\n")}}},
    {"sendmail.mc", "RELAY_DOMAIN(`com')", {{"sendmail.mc", mc("RELAY_DOMAIN(`com')dnl\n")}}},
    {"access",
     "Connect:203",
     {{"sendmail.mc", mc(with_access)}, {"access", "Connect:127 RELAY\nConnect:203 RELAY\n"}}},
    {"relay-domains", "com", {{"sendmail.mc", mc("")}, {"relay-domains", "example.org\ncom\n"}}},
};

TEST(Remedies, CloseWhatLetsStrangersRelay) {
  for (const auto& each : cases) {
    const auto files = files_of(each.files);
    const auto& text = each.files.at(each.file);
    const auto before = text.substr(0, text.find(each.cause));
    dialects::RemedyRequest request;
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    request.causes = {{"/etc/mail/" + each.file, line, 1}};
    const auto found = remedies(files, "/etc/mail", usual_host(), request);
    ASSERT_FALSE(found.empty()) << each.cause;
    auto changed = each.files;
    for (const auto& edit : found[0].edits) {
      EXPECT_EQ(edit.file, "/etc/mail/" + each.file);
      changed[each.file].replace(edit.offset, edit.length, edit.text);
    }
    EXPECT_EQ(who_relays(load_files(changed)), "none") << changed[each.file];
  }
}

TEST(Remedies, PutTheOwnersNetworksInThePlaceOfAWideOne) {
  dialects::RemedyRequest request;
  request.causes = {{"/etc/mail/access", 1, 1}};
  request.networks = {*mail::Network::parse("198.51.100.0/23"),
                      *mail::Network::parse("2001:db8:7::/48")};
  const auto files =
      files_of({{"sendmail.mc", mc(with_access)}, {"access", "Connect:203 RELAY\n"}});
  const auto found = remedies(files, "/etc/mail", usual_host(), request);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].edits[0].text,
            "Connect:198.51.100\tRELAY\nConnect:198.51.101\tRELAY\n"
            "Connect:IPv6:2001:db8:7\tRELAY\n");
}

TEST(Upkeep, MakesTheIndexOfAnAccessMapAgain) {
  const auto files = files_of({{"sendmail.mc", mc(with_access)}, {"access", ""}});
  const auto due = upkeep(files, "/etc/mail", usual_host(), {"/etc/mail/access"});
  ASSERT_EQ(due.indexes.size(), 1U);
  EXPECT_EQ(due.indexes[0].file, "/etc/mail/access.db");
  EXPECT_EQ(due.indexes[0].make.back(), "%");
}

}  // namespace
}  // namespace relayproof::sendmail
