// Which addresses find which row of a table, against asking the table for one address at a time.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "dialects/postfix/config.h"
#include "dialects/postfix/lower_tables.h"

namespace relayproof::postfix {
namespace {

// Networks of all sizes that overlap, with `!` and blocks; the same for the same seed.
std::string random_rows(std::size_t count, std::mt19937& random) {
  static constexpr const char* results[] = {"OK", "REJECT", "DUNNO", "450 later"};
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const auto prefix = 8 + random() % 25;
    const auto bits = static_cast<std::uint32_t>(random()) & 0x3f0f0fffU;
    const auto v4 = masked_address(mail::address_of(bits), static_cast<unsigned>(prefix));
    const auto v6 = masked_address(*mail::IpAddress::parse("2001:db8:" + std::to_string(i % 10) +
                                                           "::" + std::to_string(i % 7)),
                                   static_cast<unsigned>(32 + prefix));
    const auto network = i % 5 == 0 ? v6.to_string() + '/' + std::to_string(32 + prefix)
                                    : v4.to_string() + '/' + std::to_string(prefix);
    if (i % 97 == 96) text += "if " + network + "\n";
    text += (i % 211 == 210 ? "!" : "") + network + ' ' + results[random() % 4] + '\n';
    if (i % 97 == 96) text += "endif\n";
  }
  return text;
}

std::vector<mail::IpAddress> places(const CidrTable& table) {
  std::vector<mail::IpAddress> all = {*mail::IpAddress::parse("0.0.0.0"),
                                      *mail::IpAddress::parse("::1")};
  for (const auto& row : table.rows) {
    for (const auto& edge : mail::IpSet::of(row.network).edges()) {
      all.push_back(edge.inside);
      if (edge.outside) all.push_back(*edge.outside);
    }
  }
  return all;
}

void expect_same_rows(const std::string& rows) {
  const MemoryFiles files({{"/etc/postfix/main.cf", "compatibility_level = 3.6\n"},
                           {"/etc/postfix/master.cf", "smtp inet n - y - - smtpd\n"},
                           {"/etc/postfix/c", rows}});
  Host host;
  host.mta_version = "3.7.11";
  const auto config = read(files, "/etc/postfix", host);
  ASSERT_TRUE(config);
  TableShelf shelf(files, *config);
  policy::Policy policy;
  PolicyBuilder builder(policy);
  std::map<std::string, std::uint32_t> results;
  const auto name = parse_table_name("cidr:/etc/postfix/c", config->version());
  const auto lowered = lower_address_rows(builder, shelf, name, [&](const RowValue& row) {
    const auto next = static_cast<std::uint32_t>(results.size());
    return results.emplace(std::string(row.text), next).first->second;
  });
  const auto& table = *shelf.open(name)->cidr;
  for (const auto& address : places(table)) {
    const auto* row = table.find(address);
    std::vector<std::uint32_t> found;
    for (const auto& piece : lowered.pieces) {
      if (piece.addresses.contains(address)) found.push_back(piece.result);
    }
    const auto expected = row == nullptr
                              ? std::vector<std::uint32_t>()
                              : std::vector<std::uint32_t>{results.at(std::string(row->result))};
    ASSERT_EQ(found, expected) << address.to_string();
  }
}

TEST(AddressRows, OfFewAndOfManyRowsAreTheFirstThatMatches) {
  std::mt19937 random(7);
  for (const std::size_t count : {0U, 1U, 40U, 900U, 1500U, 4000U}) {
    expect_same_rows(random_rows(count, random));
  }
}

}  // namespace
}  // namespace relayproof::postfix
