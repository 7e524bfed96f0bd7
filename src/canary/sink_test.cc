#include "canary/sink.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "net/net_test.h"
#include "support/golden.h"

namespace relayproof::canary {

int fuzz_canary(const std::uint8_t* data, std::size_t size);

namespace {

const Key key = parse_key(std::string(64, 'a')).value();
const Errand errand{"192.0.2.25:25", "null-sender"};

class SinkTest : public net::OnLoopback {
 protected:
  SinkTest()
      : sink({.hostname = "canary.example",
              .domains = {"canary.example", "second.example"},
              .most_connections = 2},
             Arrivals(key), network->clock(),
             [this](const Arrival& arrival) { arrivals.push_back(arrival); }) {}

  std::uint16_t listen_on(std::string_view address) {
    return serve(
        [this](std::unique_ptr<net::Stream> stream) { return sink.serve(std::move(stream)); },
        {"canary.example"}, address);
  }

  // Sends the line and gives the whole reply.
  std::string say(net::Stream& stream, const std::string& line) {
    if (!line.empty()) {
      EXPECT_FALSE(loop.run(stream.write(line + "\r\n", net::far_away())));
    }
    std::string reply;
    while (!is_whole(reply)) {
      const auto got = loop.run(stream.read(net::far_away()));
      if (got.failure) return reply;
      reply += got.bytes;
    }
    return reply;
  }

  static bool is_whole(const std::string& reply) {
    if (!reply.ends_with("\r\n")) return false;
    const std::size_t last = reply.rfind("\r\n", reply.size() - 3);
    const std::size_t begin = last == std::string::npos ? 0 : last + 2;
    return reply.size() > begin + 3 && reply[begin + 3] == ' ';
  }

  std::string letter(const std::string& token) const {
    return write_letter({.errand = errand,
                         .token = token,
                         .from = "me@club.example",
                         .to = "x@canary.example",
                         .our_name = "probe.club.example",
                         .when = network->clock().wall()}) +
           ".";
  }

  std::vector<Arrival> arrivals;
  Sink sink;
};

TEST_F(SinkTest, WritesDownWhatCameByTlsAndTellsWhoAsks) {
  const auto stream = connected(listen_on("127.0.0.1"));
  const std::string token = make_token(key, errand, network->clock().wall());
  EXPECT_EQ(say(*stream, "").substr(0, 4), "220 ");
  EXPECT_NE(say(*stream, "EHLO mail.example.com").find("STARTTLS"), std::string::npos);
  EXPECT_EQ(say(*stream, "STARTTLS").substr(0, 4), "220 ");
  ASSERT_FALSE(loop.run(stream->start_tls({"canary.example"}, net::far_away())));
  EXPECT_EQ(stream->certificate_names(), std::vector<std::string>{"canary.example"});
  EXPECT_EQ(say(*stream, "EHLO mail.example.com").substr(0, 4), "250-");
  EXPECT_EQ(say(*stream, "VRFY " + token).substr(0, 4), "252 ");
  EXPECT_EQ(say(*stream, "MAIL FROM:<>").substr(0, 4), "250 ");
  EXPECT_EQ(say(*stream, "RCPT TO:<x@Canary.Example>").substr(0, 4), "250 ");
  EXPECT_EQ(say(*stream, "DATA").substr(0, 4), "354 ");
  EXPECT_EQ(say(*stream, letter(token)).substr(0, 4), "250 ");
  const std::string told = say(*stream, "VRFY " + token);
  EXPECT_NE(told.find("canary: proof"), std::string::npos) << told;
  EXPECT_NE(told.find("from 127.0.0.1"), std::string::npos) << told;
  ASSERT_EQ(arrivals.size(), 1U);
  EXPECT_EQ(arrivals[0].kind, Kind::proof);
  EXPECT_TRUE(arrivals[0].tls);
  EXPECT_EQ(arrivals[0].helo, "mail.example.com");
  EXPECT_EQ(arrivals[0].rcpt_to, "<x@Canary.Example>");
}

TEST_F(SinkTest, AnswersOverIpv6) {
  net::Loop& each = loop;
  const std::uint16_t port = listen_on("::1");
  auto stream =
      each.run(network->connect({net::ip("::1"), port}, std::nullopt, net::far_away())).value();
  EXPECT_EQ(say(*stream, "").substr(0, 4), "220 ");
}

TEST_F(SinkTest, SendsNothingOnWhateverTheSpelling) {
  const auto stream = connected(listen_on("127.0.0.1"));
  say(*stream, "");
  say(*stream, "EHLO x.example");
  say(*stream, "MAIL FROM:<a@canary.example>");
  for (const char* recipient :
       {"<x@example.net>", "<x%example.net@example.org>", "<@canary.example:x@example.net>",
        "<example.net!x>", "<\"x@canary.example\">", "<x@canary.example.example.net>", "<>", "<x@>",
        "<postmaster@example.net>", "<x@notcanary.example>"}) {
    EXPECT_EQ(say(*stream, std::string("RCPT TO:") + recipient).substr(0, 4), "550 ") << recipient;
  }
  EXPECT_EQ(say(*stream, "RCPT TO:<postmaster>").substr(0, 4), "250 ");
  EXPECT_EQ(say(*stream, "RCPT TO:<x@second.example.>").substr(0, 4), "250 ");
}

TEST_F(SinkTest, TellsNothingToWhoKnowsNoToken) {
  const auto stream = connected(listen_on("127.0.0.1"));
  say(*stream, "");
  for (const char* argument : {"", " postmaster", " ../../etc/passwd"}) {
    EXPECT_EQ(say(*stream, std::string("VRFY") + argument).substr(0, 4), "252 ") << argument;
  }
}

TEST_F(SinkTest, TurnsAwayMoreThanItBears) {
  const std::uint16_t port = listen_on("127.0.0.1");
  const auto first = connected(port);
  const auto second = connected(port);
  EXPECT_EQ(say(*first, "").substr(0, 4), "220 ");
  EXPECT_EQ(say(*second, "").substr(0, 4), "220 ");
  const auto third = connected(port);
  EXPECT_EQ(say(*third, "").substr(0, 4), "421 ");
  EXPECT_EQ(say(*first, "QUIT").substr(0, 4), "221 ");
  EXPECT_TRUE(loop.run(first->read(net::far_away())).failure);
  const auto fourth = connected(port);
  EXPECT_EQ(say(*fourth, "").substr(0, 4), "220 ");
}

TEST(CanaryCorpus, IsReadWithoutHarm) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(RELAYPROOF_SOURCE_DIR "/fuzz/corpus/canary")) {
    const std::string bytes = testing_support::read_file(entry.path());
    EXPECT_EQ(fuzz_canary(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  EXPECT_GT(files, 0U);
}

}  // namespace
}  // namespace relayproof::canary
