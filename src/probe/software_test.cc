#include "probe/software.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

using Lines = std::vector<std::string>;

TEST(Software, IsWhatTheBannerSays) {
  const std::vector<std::pair<std::string_view, Software>> banners{
      {"mx.example.com ESMTP Postfix (Debian/GNU)", Software::postfix},
      {"mx.example.com ESMTP Exim 4.96 Sun, 22 Nov 2026 10:30:00 +0000", Software::exim},
      {"mx.example.com ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2; Sun, 22 Nov 2026",
       Software::sendmail},
      {"example.com ESMTP OpenSMTPD", Software::opensmtpd},
      {"mx.example.com Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026", Software::exchange},
      {"mx.example.com Microsoft ESMTP MAIL Service, Version: 10.0.14393.2608 ready",
       Software::exchange},
      {"mx.example.com ESMTP chasquid", Software::other},
      {"mx.google.com ESMTP a1-20020a05600c3a0100b003a5 - gsmtp", Software::other},
      {"mx.example.com ESMTP", Software::unknown},
      {"mx.example.com", Software::unknown},
      {"", Software::unknown},
      {"exim.example.com ESMTP", Software::unknown},
      {"postfix.example.com ESMTP Exim 4.96", Software::exim},
  };
  for (const auto& [banner, software] : banners) {
    EXPECT_EQ(identify(banner, {}, {}), software) << banner;
  }
}

const Lines postfix_ehlo{
    "mx.example.com",      "PIPELINING", "SIZE 10240000", "VRFY",     "ETRN",    "STARTTLS",
    "ENHANCEDSTATUSCODES", "8BITMIME",   "DSN",           "SMTPUTF8", "CHUNKING"};
const Lines exim_ehlo{"mx.example.com Hello probe.example.net [203.0.113.9]",
                      "SIZE 52428800",
                      "8BITMIME",
                      "PIPELINING",
                      "PIPECONNECT",
                      "CHUNKING",
                      "PRDR",
                      "HELP"};
const Lines sendmail_ehlo{
    "mx.example.com Hello probe.example.net [203.0.113.9], pleased to meet you",
    "ENHANCEDSTATUSCODES",
    "PIPELINING",
    "EXPN",
    "VERB",
    "8BITMIME",
    "SIZE",
    "DSN",
    "ETRN",
    "DELIVERBY",
    "HELP"};
const Lines opensmtpd_ehlo{
    "mx.example.com Hello probe.example.net [203.0.113.9], pleased to meet you",
    "8BITMIME",
    "ENHANCEDSTATUSCODES",
    "SIZE 36700160",
    "DSN",
    "HELP"};
const Lines exchange_ehlo{"mx.example.com Hello [203.0.113.9]",
                          "SIZE 37748736",
                          "PIPELINING",
                          "DSN",
                          "ENHANCEDSTATUSCODES",
                          "STARTTLS",
                          "X-ANONYMOUSTLS",
                          "AUTH NTLM",
                          "X-EXPS GSSAPI NTLM",
                          "8BITMIME",
                          "BINARYMIME",
                          "CHUNKING",
                          "XRDST"};

TEST(Software, IsKnownByItsHabitsBehindANeutralBanner) {
  const std::vector<std::pair<Lines, Software>> habits{
      {postfix_ehlo, Software::postfix},
      {exim_ehlo, Software::exim},
      {sendmail_ehlo, Software::sendmail},
      {opensmtpd_ehlo, Software::opensmtpd},
      {exchange_ehlo, Software::exchange},
      // Too little to tell.
      {{"mx.example.com"}, Software::unknown},
      {{"mx.example.com Hello probe.example.net [203.0.113.9]", "SIZE", "HELP"}, Software::unknown},
      {{"mx.example.com Hello x [203.0.113.9], pleased to meet you"}, Software::unknown},
      {{"mx.example.com", "SIZE 1000", "PIPELINING"}, Software::unknown},
      {{""}, Software::unknown},
  };
  for (const auto& [ehlo, software] : habits) {
    EXPECT_EQ(identify("mx.example.com ESMTP", ehlo, {}), software) << ehlo.front();
  }
}

TEST(Software, IsKnownByItsSentences) {
  const std::vector<std::pair<std::string, Software>> sentences{
      {"5.7.1 <r@example.net>: Relay access denied", Software::postfix},
      {"relay not permitted", Software::exim},
      {"5.7.1 <r@example.net>... Relaying denied", Software::sendmail},
      {"Invalid recipient: <r@example.net>", Software::opensmtpd},
      {"2.1.5 Destination address valid: Recipient ok", Software::opensmtpd},
      {"5.7.54 SMTP; Unable to relay recipient in non-accepted domain", Software::exchange},
      {"no", Software::unknown},
  };
  for (const auto& [sentence, software] : sentences) {
    EXPECT_EQ(identify("mx.example.com ESMTP", {}, {sentence}), software) << sentence;
  }
}

TEST(Software, IsUnknownWhenHabitsDisagree) {
  EXPECT_EQ(identify("mx ESMTP", postfix_ehlo, {"relay not permitted"}), Software::unknown);
  EXPECT_EQ(identify("mx ESMTP", {}, {"relay not permitted", "<r@x>... Relaying denied"}),
            Software::unknown);
  EXPECT_EQ(identify("mx ESMTP", postfix_ehlo, {"<r@x>: Relay access denied"}), Software::postfix);
}

}  // namespace
}  // namespace relayproof::probe
