#include "dialects/opensmtpd/matching.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "dialects/opensmtpd/networks.h"
#include "patterns/pattern.h"

namespace relayproof::opensmtpd {
namespace {

bool pattern_matches(const std::string& pattern, std::string_view text) {
  patterns::Options options;
  options.ignore_case = true;
  return patterns::Pattern::compile(pattern, patterns::Flavour::posix_extended, options)
      .value()
      .matches(text)
      .value();
}

using NameCase = std::tuple<std::string, std::string, bool>;
const NameCase names[] = {
    {"example.com", "Example.COM", true},
    {"a.example.com", "*.example.com", true},
    {"example.com", "*.example.com", false},
    {"a.b.example.com", "*.example.com", false},
    {"evilexample.com", "*example.com", false},
    {"vil-xample.com", "*xample.com", true},
    {"anything", "*", true},
    {"", "*", false},
    {"a.b.c", "a.*", true},
    {"a.", "a.*", false},
    {"a.b.c", "*.*", true},
    {"mail.x.example", "m*l.x.example", true},
    {"a^b", "*^b", true},
    {"a+b", "a+b", true},
};

TEST(Names, MatchAsHostnameMatchDoes) {
  for (const auto& [name, pattern, wanted] : names) {
    EXPECT_EQ(matches_name(name, pattern), wanted) << name << " " << pattern;
    EXPECT_EQ(pattern_matches(name_pattern(pattern), name), wanted) << name << " " << pattern;
  }
}

using AddressCase = std::tuple<std::string, std::string, bool>;
const AddressCase addresses[] = {
    {"alice@example.com", "alice@example.com", true},
    {"alice+tag@example.com", "alice@example.com", true},
    {"alice+tag@example.com", "alice+tag@example.com", true},
    {"alice@example.com", "alice+tag@example.com", false},
    {"alice@example.com", "@example.com", true},
    {"alice@a.example.com", "@*.example.com", true},
    {"alice@a.example.com", "@example.com", false},
    {"alice@example.com", "alice", true},
    {"alice@example.com", "alice@", true},
    {"alice@example.com", "*@example.com", false},
    {"alice@example.com", "@", true},
    {"@", "@", true},
    {"@", "@*", false},
};

TEST(Addresses, MatchAsMailaddrMatchDoes) {
  for (const auto& [address, row, wanted] : addresses) {
    EXPECT_EQ(matches_address(address, row, {}), wanted) << address << " " << row;
  }
  EXPECT_TRUE(pattern_matches(address_pattern("bob@*.example.com", {}), "bob+x@a.example.com"));
  EXPECT_FALSE(pattern_matches(address_pattern("bob@*.example.com", {}), "rob@a.example.com"));
  EXPECT_FALSE(matches_address("alice@example.com", "alice", {'+', true}));
}

TEST(Regexes, AreComparedInLowerCase) {
  EXPECT_TRUE(matches_regex("ALICE@example.com", "^[A-Z]+@"));
  EXPECT_TRUE(matches_regex("x@club.example", "(?i)CLUB"));
  EXPECT_FALSE(matches_regex("a", "a{2"));
}

TEST(Networks, AreReadAsInetNetPtonDoes) {
  const std::pair<std::string, std::string> read[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"10", "10.0.0.0/8"},
      {"192.168", "192.168.0.0/24"},
      {"172.16", "172.16.0.0/16"},
      {"127.0.0.1/8", "127.0.0.0/8"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"::1", "::1"},
      {"[2001:db8::1]", "2001:db8::1"},
      {"[IPv6:2001:db8::1]", "2001:db8::1"},
      {"IPv6:2001:db8::/32", "2001:db8::/32"},
  };
  for (const auto& [text, wanted] : read) {
    const auto network = parse_network(text);
    ASSERT_TRUE(network) << text;
    EXPECT_EQ(network->to_string(), wanted) << text;
  }
  for (const auto* text : {"", "example.com", "10/33", "1.2.3.4.5", "256.1.1.1", "::1/129", "[::1",
                           "local", "1..2", "10/"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
}

}  // namespace
}  // namespace relayproof::opensmtpd
