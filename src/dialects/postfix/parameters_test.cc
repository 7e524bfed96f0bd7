#include "dialects/postfix/parameters.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace relayproof::postfix {
namespace {

TEST(Parameters, AreSortedAndTheirRangesDoNotOverlap) {
  const auto rows = all_parameters();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    EXPECT_LE(rows[i - 1].name, rows[i].name);
    if (rows[i - 1].name == rows[i].name) {
      EXPECT_LT(rows[i - 1].until, rows[i].since) << rows[i].name;
    }
  }
}

TEST(Parameters, HaveTheDefaultsOfTheirVersion) {
  struct Row {
    const char* name;
    Version version;
    const char* text;  // null: there is no such parameter
  };
  const char* restrictions =
      "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination";
  const Row rows[] = {
      {"relay_domains", {2, 10}, "$mydestination"},
      {"relay_domains", {3, 5}, "${{$compatibility_level} < {2} ? {$mydestination} : {}}"},
      {"relay_domains", {3, 9}, "${{$compatibility_level} <level {2} ? {$mydestination} : {}}"},
      {"mynetworks_style", {2, 11}, "subnet"},
      {"smtpd_relay_restrictions", {2, 10}, restrictions},
      {"smtpd_relay_restrictions", {3, 2}, restrictions},
      {"smtpd_relay_restrictions",
       {3, 3},
       "${{$compatibility_level} < {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, "
       "defer_unauth_destination}}"},
      {"smtpd_relay_before_recipient_restrictions", {3, 5}, nullptr},
      {"smtpd_relay_before_recipient_restrictions",
       {3, 6},
       "${{$compatibility_level} <level {3.6} ? {no} : {yes}}"},
      {"append_dot_mydomain", {2, 10}, "yes"},
      {"allow_percent_hack", {3, 9}, "yes"},
      {"swap_bangpath", {3, 9}, "yes"},
      {"allow_untrusted_routing", {3, 9}, "no"},
      {"resolve_dequoted_address", {3, 9}, "yes"},
      {"compatibility_level", {2, 11}, nullptr},
      {"smtputf8_enable", {2, 11}, nullptr},
      {"smtpd_delay_reject", {2, 10}, "yes"},
      {"smtpd_forbid_bare_newline", {3, 9}, "normalize"},
  };
  for (const Row& row : rows) {
    const Parameter* parameter = find_parameter(row.name, row.version);
    ASSERT_EQ(parameter != nullptr, row.text != nullptr) << row.name;
    if (parameter != nullptr) {
      EXPECT_EQ(parameter->default_text, row.text) << row.name;
    }
  }
}

TEST(Parameters, KnowWhatIsMisspelt) {
  EXPECT_EQ(nearest_parameter("mynetwork"), "mynetworks");
  EXPECT_EQ(nearest_parameter("smtpd_recipient_restriction"), "smtpd_recipient_restrictions");
  EXPECT_EQ(nearest_parameter("smptd_banner"), "smtpd_banner");
  EXPECT_EQ(nearest_parameter("entirely_my_own_name"), std::nullopt);
  EXPECT_EQ(nearest_parameter("xy"), std::nullopt);
}

TEST(Parameters, OfTransportsAreKnownByTheirEnding) {
  EXPECT_TRUE(is_per_service_name("dovecot_destination_recipient_limit"));
  EXPECT_TRUE(is_per_service_name("policyd-spf_time_limit"));
  EXPECT_FALSE(is_per_service_name("_time_limit"));
  EXPECT_FALSE(is_per_service_name("mynetworks"));
}

TEST(LoadOrder, PutsWhatEveryProgramReadsFirst) {
  const auto smtpd = LoadOrder::of_program("smtpd");
  ASSERT_TRUE(smtpd);
  EXPECT_LT(smtpd->place("myhostname"), smtpd->place("mydestination"));
  EXPECT_LT(smtpd->place("mynetworks"), smtpd->place("smtpd_relay_restrictions"));
  EXPECT_LT(smtpd->place("smtpd_relay_restrictions"), smtpd->place("smtpd_recipient_restrictions"));
  EXPECT_EQ(smtpd->place("transport_maps"), std::nullopt);
  EXPECT_EQ(LoadOrder::of_program("smtp").has_value(), false);
  EXPECT_TRUE(LoadOrder::of_reader("transport_maps")->place("transport_maps"));
}

}  // namespace
}  // namespace relayproof::postfix
