// Exchange 5.5 by its registry, as Microsoft's article Q193922 describes the values; the examples
// are those of the article.
#include "dialects/exchange/internet_mail_service.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialects/exchange/small_export_test.h"

namespace relayproof::exchange {
namespace {

std::string multi(const std::vector<std::string>& lines) {
  std::string hex = "hex(7):";
  for (const auto& line : lines) {
    for (const char c : line) hex += fmt::format("{:02x},00,", static_cast<unsigned>(c));
    hex += "00,00,";
  }
  return hex + "00,00";
}

struct Values {
  int flags = -1;
  std::vector<std::string> denied = {};
  std::vector<std::string> allowed = {};
  std::vector<std::string> reached = {};
};

std::string registry(const Values& values) {
  std::string text =
      "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\"
      "Services\\MSExchangeIMC\\Parameters]\r\n\"RootDir\"=\"C:\\\\exchsrvr\\\\imcdata\"\r\n";
  if (values.flags >= 0) {
    text += fmt::format("\"RelayFlags\"=dword:{:08x}\r\n", static_cast<unsigned>(values.flags));
  }
  text += "\"RelayDenyList\"=" + multi(values.denied) + "\r\n";
  text += "\"RelayAllowList\"=" + multi(values.allowed) + "\r\n";
  text += "\"RelayLocalIPList\"=" + multi(values.reached) + "\r\n";
  return text;
}

// Surely nobody, or the most who may, where incoming mail is rerouted.
std::string may_relay(const dialects::Loaded& loaded) {
  mail::IpSet possibly;
  for (const auto& door : loaded.policy.doors) {
    const auto reach = policy::reach(loaded.policy, door, {});
    EXPECT_TRUE(reach.surely.empty());
    possibly = possibly | reach.possibly;
  }
  return possibly == mail::IpSet::all_v4() ? "all" : possibly.to_string();
}

struct Case {
  const char* says;
  Values values;
  std::string relay;
};

const Case cases[] = {
    {"no restrictions", {}, "all"},
    {"all that are not denied",
     {1, {"192.168.17.0;255.255.255.0"}},
     (mail::IpSet::all_v4() - mail::IpSet::of(*mail::Network::parse("192.168.17.0/24")))
         .to_string()},
    {"a list of those denied that is not in effect", {2, {"192.168.17.0;255.255.255.0"}}, "none"},
    {"by address, with an empty list: the seven steps", {2}, "none"},
    {"a subnet", {2, {}, {"192.168.1.0;255.255.255.0"}}, "192.168.1.0/24"},
    {"a subnet but some of it",
     {3, {"192.168.1.0;255.255.255.248"}, {"192.168.1.0;255.255.255.0"}},
     "192.168.1.8/29 192.168.1.16/28 192.168.1.32/27 192.168.1.64/26 192.168.1.128/25"},
    {"a host", {2, {}, {"192.168.1.17"}}, "192.168.1.17"},
    {"whoever reaches an inner address", {4, {}, {}, {"10.0.0.1"}}, "all"},
    {"no inner address is named", {4}, "none"},
    {"who logs in", {8}, "none"},
    {"who logs in, and a subnet", {10, {}, {"10.1.0.0;255.255.0.0"}}, "10.1.0.0/16"},
    {"everybody on the list", {2, {}, {"0.0.0.0;0.0.0.0"}}, "all"},
    {"a bit that no article names", {16}, "all"},
};

TEST(InternetMailService, RelaysForWhomTheArticleSays) {
  for (const auto& each : cases) {
    const auto loaded = try_load(registry(each.values), "/e/imc.reg");
    ASSERT_TRUE(loaded) << each.says << to_string(loaded.error());
    EXPECT_EQ(may_relay(*loaded), each.relay) << each.says;
  }
}

TEST(InternetMailService, IsFoundOutWhereNothingRestrictsIt) {
  const auto found = [](const Values& values) {
    return try_load(registry(values), "/e/imc.reg").value().findings.size();
  };
  EXPECT_EQ(found({}), 1U);
  EXPECT_EQ(found({1, {"10.0.0.1"}}), 1U);
  EXPECT_EQ(found({2}), 0U);
}

TEST(InternetMailService, SaysWhatIsWrongAndWhere) {
  const auto says = [](const std::string& value) {
    const auto text =
        "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\MSExchangeIMC\\Parameters]\n" + value;
    const auto loaded = try_load(text, "/e/imc.reg");
    return loaded ? std::string("read") : to_string(loaded.error());
  };
  EXPECT_EQ(says("\"RelayFlags\"=\"2\"\n"), "/e/imc.reg:4:1: RelayFlags is no REG_DWORD");
  EXPECT_EQ(says("\"RelayFlags\"=dword:0000000g\n"), "/e/imc.reg:4:1: RelayFlags is no number");
  EXPECT_EQ(says("\n\"RelayAllowList\"=hex(7):31,00,zz\n"),
            "/e/imc.reg:5:1: not a list of bytes: `zz`");
  EXPECT_EQ(says("\"RelayAllowList\"=hex(7):78,00,00,00\n"),
            "/e/imc.reg:4:1: not a net and a mask: `x`");
  // What regedit of Windows NT 4 writes has one byte a character, and breaks long lines.
  EXPECT_EQ(says("\"RelayAllowList\"=hex(7):31,30,2e,30,\\\n  2e,30,2e,31,00,00\n"), "read");
}

}  // namespace
}  // namespace relayproof::exchange
