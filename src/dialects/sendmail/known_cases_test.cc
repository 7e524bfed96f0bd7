// Configurations that are handed down, and what they really do: measured on 8.17.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "dialects/sendmail/small_config_test.h"

namespace relayproof::sendmail {
namespace {

TEST(KnownCases, AnAccessMapOfOnesOwnNetworkIsClosed) {
  const auto loaded = load(with_access, {{"access",
                                          "localhost.localdomain RELAY\n127.0.0.1 RELAY\n"
                                          "192.168.1 RELAY\nALL REJECT\n"}});
  EXPECT_EQ(who_relays(loaded), "none");
  EXPECT_EQ(told(loaded, attempt("192.168.1.77", "<>", "<a@example.net>")),
            "250 handed-on a@example.net");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<>", "<a@example.com>")), "250 local");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<>", "<a@example.net>")), "550");
  const auto all = std::find_if(loaded.findings.begin(), loaded.findings.end(),
                                [](const Finding& each) { return each.code == "RP1603"; });
  ASSERT_NE(all, loaded.findings.end());
  EXPECT_NE(all->says.find("matches only"), std::string::npos);
  for (const auto& each : loaded.findings) EXPECT_LE(each.severity, Severity::low) << each.says;
}

}  // namespace
}  // namespace relayproof::sendmail
