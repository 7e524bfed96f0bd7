#include "mail/address.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>

#include "support/golden.h"

namespace relayproof::mail {

int fuzz_address(const std::uint8_t* data, std::size_t size);

namespace {

struct Spelling {
  std::string_view written;
  std::string_view local;
  std::optional<std::string_view> domain;
  std::string_view wire;  ///< as it is written again
};

constexpr Spelling spellings[] = {
    {"user@example.com", "user", "example.com", "user@example.com"},
    {"user", "user", {}, "user"},
    {"user@", "user", "", "user@"},
    {"@example.com", "", "example.com", "\"\"@example.com"},
    {"", "", {}, ""},
    {"\"\"", "", {}, ""},
    {"\"\"@example.com", "", "example.com", "\"\"@example.com"},
    {"\"user\"@example.com", "user", "example.com", "user@example.com"},
    {"\"a b\"@example.com", "a b", "example.com", "\"a b\"@example.com"},
    {"\"a@b\"@example.com", "a@b", "example.com", "\"a@b\"@example.com"},
    {"\"a@b\"", "a@b", {}, "\"a@b\""},
    {"a@b@example.com", "a@b", "example.com", "\"a@b\"@example.com"},
    {"a\\@b@example.com", "a@b", "example.com", "\"a@b\"@example.com"},
    {"\"a\\\"b\\\\c\"@x", "a\"b\\c", "x", "\"a\\\"b\\\\c\"@x"},
    {"\"a\\bc\"@x", "abc", "x", "abc@x"},
    {"a\".\"b@x", "a.b", "x", "a.b@x"},
    {"a..b@x", "a..b", "x", "\"a..b\"@x"},
    {".a@x", ".a", "x", "\".a\"@x"},
    {"a.@x", "a.", "x", "\"a.\"@x"},
    {"user%outside@x", "user%outside", "x", "user%outside@x"},
    {"outside!user@x", "outside!user", "x", "outside!user@x"},
    {"user@[192.0.2.1]", "user", "[192.0.2.1]", "user@[192.0.2.1]"},
    {"user@x\"@\"y", "user", "x\"@\"y", "user@x\"@\"y"},
    {"(a)@x", "(a)", "x", "\"(a)\"@x"},
};

TEST(Address, IsDividedAndFreedOfQuotes) {
  for (const auto& [written, local, domain, wire] : spellings) {
    const auto address = Address::parse(written);
    ASSERT_TRUE(address) << written;
    EXPECT_EQ(address->local, local) << written;
    EXPECT_EQ(address->has_domain, domain.has_value()) << written;
    EXPECT_EQ(address->domain, domain.value_or("")) << written;
    EXPECT_EQ(address->to_wire(), wire) << written;
  }
}

TEST(Address, IsNothingWithoutTheOtherHalfOfAQuote) {
  for (const char* text : {"\"user@example.com", "user\"@example.com", "user@x\"", "user\\",
                           "\"user\\\"@example.com", "\"user\"@x\\"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
    EXPECT_EQ(last_unquoted_at(text), std::string_view::npos) << text;
  }
}

TEST(Address, IsInternallyWithoutQuotes) {
  EXPECT_EQ(Address::parse("\"a b\"@x")->to_internal(), "a b@x");
  EXPECT_EQ(Address::parse("user")->to_internal(), "user");
  EXPECT_EQ(Address::parse("user@")->to_internal(), "user@");
}

TEST(Address, FindsTheAtThatDivides) {
  EXPECT_EQ(last_unquoted_at("a@b@c"), 3U);
  EXPECT_EQ(last_unquoted_at("\"a@b\"@c"), 5U);
  EXPECT_EQ(last_unquoted_at("a\\@b"), std::string_view::npos);
  EXPECT_EQ(last_unquoted_at("user"), std::string_view::npos);
}

/// Bytes that mean something to a mailbox, and any others.
rc::Gen<std::string> mailbox_text() {
  return rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::element('"', '\\', '@', '.', 'a', ' ', '[', ']'), rc::gen::arbitrary<char>()));
}

TEST(Address, ComesBackFromTheWire) {
  EXPECT_TRUE(rc::check([] {
    Address address;
    address.local = *mailbox_text();
    address.has_domain = *rc::gen::arbitrary<bool>();
    if (address.has_domain) address.domain = *rc::gen::element("", "example.com", "[192.0.2.1]");
    RC_ASSERT(Address::parse(address.to_wire()) == address);
  }));
}

TEST(Address, OfAnyBytesIsTheSameWhenReadAgain) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = *mailbox_text();
    const auto address = Address::parse(text);
    RC_ASSERT(address || last_unquoted_at(text) == std::string::npos);
    if (address) RC_ASSERT(Address::parse(address->to_wire()) == address);
  }));
}

TEST(Address, SavedFuzzInputsPass) {
  std::size_t inputs = 0;
  const std::string corpus = std::string(RELAYPROOF_SOURCE_DIR) + "/fuzz/corpus/address";
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string bytes = testing_support::read_file(entry.path().string());
    EXPECT_EQ(fuzz_address(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 6U);
}

TEST(DotString, IsAtomsWithSingleDotsBetween) {
  for (const char* text : {"user", "a.b.c", "a+b", "!#$%&'*+-/=?^_`{|}~", "0"}) {
    EXPECT_TRUE(is_dot_string(text)) << text;
  }
  for (const char* text : {"", ".", "a.", ".a", "a..b", "a b", "a@b", "a\"", "a\\", "(a)", "a,b",
                           "a\x7f", "\xc3\xa4", "a\n"}) {
    EXPECT_FALSE(is_dot_string(text)) << text;
  }
  EXPECT_FALSE(is_dot_string(std::string_view("a\0", 2)));
}

TEST(AddressLiteral, HoldsAnAddressOfTheTaggedFamily) {
  EXPECT_EQ(literal_address("[192.0.2.1]"), IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(literal_address("[IPv6:2001:db8::1]"), IpAddress::parse("2001:db8::1"));
  EXPECT_EQ(literal_address("[ipv6:2001:db8::1]"), IpAddress::parse("2001:db8::1"));
  for (const char* text :
       {"", "[", "]", "[]", "192.0.2.1", "[192.0.2.1", "192.0.2.1]", "[2001:db8::1]",
        "[IPv6:192.0.2.1]", "[IPv6:]", "[192.0.2]", "[ 192.0.2.1]", "[example.com]"}) {
    EXPECT_FALSE(literal_address(text)) << text;
  }
}

TEST(AddressLiteral, IsReadAsIpAddressWritesIt) {
  for (const char* text : {"192.0.2.1", "255.255.255.255", "::", "2001:db8::1", "::ffff:1.2.3.4"}) {
    const auto address = IpAddress::parse(text);
    EXPECT_EQ(literal_address(address->literal()), address) << text;
  }
}

}  // namespace
}  // namespace relayproof::mail
