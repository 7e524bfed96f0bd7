#include "net/dns_rdata.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/golden.h"

namespace relayproof::net {

int fuzz_dns_rdata(const std::uint8_t* data, std::size_t size);

namespace {

using namespace std::string_view_literals;

TEST(DnsRdata, ReadsPointers) {
  EXPECT_EQ(parse_pointer("\2MX\7example\3org\0"sv), "mx.example.org");
  EXPECT_EQ(parse_pointer("\4host\0"sv), "host");
}

TEST(DnsRdata, RefusesPointersThatAreNoNames) {
  const std::string label = "\77" + std::string(63, 'a');
  for (const std::string_view rdata : {
           ""sv,                          // nothing
           "\0"sv,                        // the root
           "\2mx"sv,                      // no end
           "\7mx\0"sv,                    // a label beyond the end
           "\2mx\0more"sv,                // bytes behind the end
           "\300\14"sv,                   // a pointer
           "\100a\0"sv,                   // a reserved label type
           "\2a.\3org\0"sv,               // a dot inside a label
           "\3a b\0"sv,                   // not a host name
           "\2\r\n\3org\0"sv,             // not for a command line
           "\003127\1\60\1\60\1\61\0"sv,  // an address in the clothes of a name
       }) {
    EXPECT_FALSE(parse_pointer(rdata)) << testing::PrintToString(rdata);
  }
  EXPECT_FALSE(parse_pointer(label + label + label + label + '\0'));
}

TEST(DnsRdata, ReadsExchangers) {
  const auto exchanger = parse_exchanger("\1\2\4Mail\7example\0"sv);
  ASSERT_TRUE(exchanger);
  EXPECT_EQ(exchanger->preference, 258U);
  EXPECT_EQ(exchanger->host, "mail.example");
  const auto null = parse_exchanger("\0\0\0"sv);
  ASSERT_TRUE(null);
  EXPECT_EQ(null->host, "");
  for (const std::string_view rdata : {""sv, "\0"sv, "\0\0"sv, "\0\0\1"sv, "\0\12\2m m\0"sv}) {
    EXPECT_FALSE(parse_exchanger(rdata)) << testing::PrintToString(rdata);
  }
}

TEST(DnsRdata, ReadsAddressesByTheirLength) {
  EXPECT_EQ(parse_address("\300\0\2\1"sv).value().to_string(), "192.0.2.1");
  EXPECT_EQ(parse_address(std::string(15, '\0') + '\1').value().to_string(), "::1");
  EXPECT_FALSE(parse_address("\300\0\2"sv));
  EXPECT_FALSE(parse_address(""sv));
}

TEST(DnsRdata, SurvivesTheSavedCorpus) {
  const std::string folder = RELAYPROOF_SOURCE_DIR "/fuzz/corpus/dns_rdata";
  std::size_t replayed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string bytes = testing_support::read_file(entry.path());
    EXPECT_EQ(fuzz_dns_rdata(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++replayed;
  }
  EXPECT_GT(replayed, 0U);
}

}  // namespace
}  // namespace relayproof::net
