#include "smtp/session.h"

#include <gtest/gtest.h>

namespace relayproof::smtp {
namespace {

TEST(Session, IsNotIdleBeforeTheGreeting) {
  Session session({.helo = "probe.example"});
  EXPECT_FALSE(session.idle());
  EXPECT_EQ(session.take_output(), "");
  session.receive("220 mx.example ESMTP\r\n");
  EXPECT_EQ(session.take_output(), "EHLO probe.example\r\n");
  session.receive("250-mx.example\r\n250-pipelining\r\n250 SIZE  1000\r\n");
  ASSERT_TRUE(session.idle());
  EXPECT_EQ(session.record().extensions, (std::vector<std::string>{"PIPELINING", "SIZE 1000"}));
  session.ask({{"", "<>", "<a@x.example>"}, {"", "<>", "<b@x.example>"}});
  EXPECT_EQ(session.take_output(),
            "MAIL FROM:<>\r\nRCPT TO:<a@x.example>\r\nRSET\r\n"
            "MAIL FROM:<>\r\nRCPT TO:<b@x.example>\r\n");
  session.receive("250 ok\r\n554 5.7.1 no\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
  ASSERT_TRUE(session.idle());
  EXPECT_EQ(session.record().answers[0].rcpt->code, 554);
  EXPECT_EQ(session.record().answers[1].rcpt->code, 250);
  session.quit();
  EXPECT_EQ(session.take_output(), "QUIT\r\n");
  session.receive("221 bye\r\n");
  EXPECT_EQ(session.record().ending, Ending::quit);
  EXPECT_EQ(session.record().round_trips, 4u);
}

}  // namespace
}  // namespace relayproof::smtp
