#include "dialects/postfix/mynetworks.h"

#include <gtest/gtest.h>

namespace relayproof::postfix {
namespace {

std::string print(const ClientPattern& pattern) {
  std::string all = pattern.negated ? "!" : "";
  switch (pattern.kind) {
    case ClientPattern::Kind::network:
      return all + pattern.network.address.to_string() + "/" +
             std::to_string(pattern.network.prefix);
    case ClientPattern::Kind::name:
      return all + "name";
    case ClientPattern::Kind::table:
      return all + "table";
    case ClientPattern::Kind::failing:
      break;
  }
  const std::string_view whom = !pattern.family                         ? "all"
                                : *pattern.family == mail::Family::ipv4 ? "IPv4"
                                                                        : "IPv6";
  return all + "fails " + std::string(whom) + ": " + pattern.says;
}

std::string read(std::string_view value) {
  MemoryFiles files;
  files.add("/nets", "10.1.0.0/16\n");
  const auto clients = parse_client_list(files, value, newest_version);
  std::string all;
  for (const auto& pattern : clients.patterns) all += print(pattern) + "|";
  return all;
}

TEST(ClientList, HoldsNetworksAndAddresses) {
  EXPECT_EQ(read("127.0.0.0/8 [::1]/128 192.0.2.1 [192.0.2.2] [192.0.2.0]/24 [2001:DB8::1]"),
            "127.0.0.0/8|::1/128|192.0.2.1/32|192.0.2.2/32|192.0.2.0/24|2001:db8::1/128|");
  EXPECT_EQ(read("!10.0.0.0/8, /nets !/nets"), "!10.0.0.0/8|10.1.0.0/16|!10.1.0.0/16|");
}

TEST(ClientList, FailsForTheFamilyOfABadNetwork) {
  EXPECT_EQ(read("127.0.0.1/8"),
            "fails IPv4: \"127.0.0.1/8\" has host bits that are not zero; write 127.0.0.0/8|");
  EXPECT_EQ(read("[::1]/8"),
            "fails IPv6: \"[::1]/8\" has host bits that are not zero; write ::/8|");
  EXPECT_EQ(read("10.0.0/24 10.0.0.0/ca bad/cafe"),
            "fails IPv4: \"10.0.0/24\" has no address in front of its mask|"
            "fails IPv4: \"10.0.0.0/ca\" has a mask that is no number|"
            "fails IPv4: \"bad/cafe\" has a mask that is no number|");
}

TEST(ClientList, FailsForEverybodyAtATableThatCannotBeOpened) {
  EXPECT_EQ(read("2001:db8::/32"),
            "fails all: there is no table type 2001; an IPv6 address needs brackets|");
  EXPECT_EQ(read("::1"),
            "fails all: expected type:name instead of ::1; "
            "an IPv6 address needs brackets|");
  EXPECT_EQ(read("nosuch:/x"), "fails all: there is no table type nosuch|");
  EXPECT_EQ(read("/none"), "fails all: the file /none cannot be read|");
  EXPECT_EQ(read("!hash:/x"), "!table|");
}

TEST(ClientList, TakesWhatCannotBeAnAddressForAName) {
  EXPECT_EQ(read("example.com .example.com 192.168.1 localhost/8 [junk] 1.2.3.04 10.0.0.0/8x"),
            "name|name|name|name|name|name|name|");
}

TEST(NetworksStyle, IsReadInAnyCase) {
  EXPECT_EQ(parse_networks_style("Subnet"), NetworksStyle::subnet);
  EXPECT_EQ(parse_networks_style("class"), NetworksStyle::network_class);
  EXPECT_EQ(parse_networks_style("host"), NetworksStyle::host);
  EXPECT_EQ(parse_networks_style("subnet host"), std::nullopt);
  EXPECT_EQ(parse_networks_style(""), std::nullopt);
}

TEST(NetworksStyle, MakesNetworksOfTheHostsAddresses) {
  std::vector<mail::Network> own;
  for (const auto* text : {"127.0.0.1/8", "::1/128", "192.0.2.5/26", "172.16.3.4/30",
                           "2001:db8::5/64", "192.0.2.6/26"}) {
    own.push_back(*mail::Network::parse(text));
  }
  EXPECT_EQ(networks_of_style(NetworksStyle::host, own),
            "127.0.0.1/32 [::1]/128 192.0.2.5/32 172.16.3.4/32 [2001:db8::5]/128 192.0.2.6/32 ");
  EXPECT_EQ(networks_of_style(NetworksStyle::subnet, own),
            "127.0.0.0/8 [::1]/128 192.0.2.0/26 172.16.3.4/30 [2001:db8::]/64 ");
  EXPECT_EQ(networks_of_style(NetworksStyle::network_class, own),
            "127.0.0.0/8 [::1]/128 192.0.2.0/24 172.16.0.0/16 [2001:db8::]/64 ");
  EXPECT_EQ(
      networks_of_style(NetworksStyle::network_class, {*mail::Network::parse("230.1.1.1/32")}),
      "224.0.0.0/4 ");
  EXPECT_EQ(
      networks_of_style(NetworksStyle::network_class, {*mail::Network::parse("250.1.1.1/32")}),
      std::nullopt);
  EXPECT_EQ(networks_of_style(NetworksStyle::host, {}), "");
}

}  // namespace
}  // namespace relayproof::postfix
