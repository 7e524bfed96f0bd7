#include "net/proxy.h"

#include <filesystem>
#include <string>

#include "net/net_test.h"
#include "support/golden.h"

namespace relayproof::net {

int fuzz_socks(const std::uint8_t* data, std::size_t size);

namespace {

using std::string_literals::operator""s;

/// Says these answers one after the other, each to what came, in pieces of `piece` bytes.
Listener::Serve answers(std::vector<std::string> list, std::string* heard, std::size_t piece) {
  return [=](std::unique_ptr<Stream> stream) -> Task<void> {
    for (const auto& answer : list) {
      const ReadResult got = co_await stream->read(far_away());
      if (got.failure) co_return;
      *heard += got.bytes + "|";
      for (std::size_t i = 0; i < answer.size(); i += piece) {
        std::string part = answer.substr(i, piece);
        co_await stream->write(std::move(part), far_away());
      }
    }
    co_await stream->read(far_away());
  };
}

const std::string connected_reply = "\x05\x00\x00\x01\x7f\x00\x00\x01\x09\xdd"s;

class ProxyTest : public OnLoopback {
 protected:
  IoResult<std::unique_ptr<Stream>> connect(std::vector<std::string> list, SocksLogin login = {},
                                            std::size_t piece = 1000) {
    heard.clear();
    const auto port = serve(answers(std::move(list), &heard, piece));
    proxied = through_proxy(*network, {{{ip("127.0.0.1"), port}}, std::move(login)});
    return loop.run(proxied->connect({ip("192.0.2.25"), 25}, std::nullopt, far_away()));
  }

  std::string why_not(std::vector<std::string> list, SocksLogin login = {}) {
    const auto stream = connect(std::move(list), std::move(login));
    return stream ? "" : std::string(to_string(stream.error().kind)) + ": " + stream.error().detail;
  }

  std::unique_ptr<Network> proxied;
  std::string heard;
};

TEST_F(ProxyTest, TheServersFirstWordsMayComeWithTheAnswerOrInPieces) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
    const auto stream = connect({"\x05\x00"s, connected_reply + "220 mx ESMTP\r\n"}, {}, piece);
    ASSERT_TRUE(stream) << stream.error().detail;
    std::string greeting;
    while (greeting.size() < 14) {
      const ReadResult got = loop.run((*stream)->read(far_away()));
      ASSERT_FALSE(got.failure);
      greeting += got.bytes;
    }
    EXPECT_EQ(greeting, "220 mx ESMTP\r\n");
    EXPECT_EQ(heard, "\x05\x01\x00|\x05\x01\x00\x01\xc0\x00\x02\x19\x00\x19|"s);
    EXPECT_EQ((*stream)->peer_address(), ip("192.0.2.25"));
    EXPECT_EQ((*stream)->local_address(), ip("127.0.0.1"));
  }
}

TEST_F(ProxyTest, LogsInWhereItIsAskedTo) {
  const auto stream = connect({"\x05\x02"s, "\x01\x00"s, connected_reply}, {"ann", "se:cret"});
  ASSERT_TRUE(stream) << stream.error().detail;
  EXPECT_TRUE(heard.starts_with("\x05\x02\x00\x02|\x01\x03"s + "ann\x07se:cret|")) << heard;
  EXPECT_EQ(why_not({"\x05\x02"s, "\x01\x01"s}, {"ann", "x"}),
            "unreachable: the proxy refuses this name and password");
  EXPECT_EQ(why_not({"\x05\xff"s}), "unreachable: the proxy wants a name and a password");
}

TEST_F(ProxyTest, TellsWhatBecameOfTheConnection) {
  const auto with_status = [](char status) {
    std::string reply = connected_reply;
    reply[1] = status;
    return reply;
  };
  EXPECT_EQ(why_not({"\x05\x00"s, with_status(5)}), "refused: the proxy's connection was refused");
  EXPECT_EQ(why_not({"\x05\x00"s, with_status(6)}), "timed out: the proxy got no answer in time");
  EXPECT_EQ(why_not({"\x05\x00"s, with_status(4)}), "unreachable: the proxy cannot reach it");
  EXPECT_EQ(why_not({"\x05\x00"s, with_status(99)}), "unreachable: the proxy could not connect");
  EXPECT_EQ(why_not({"HTTP/1.1 400 Bad Request\r\n"}),
            "unreachable: the proxy does not speak SOCKS 5");
}

TEST_F(ProxyTest, AProxyThatIsNotThereIsNotTheServersFault) {
  const auto port = serve(answers({}, &heard, 1));
  listeners.clear();
  proxied = through_proxy(*network, {{{ip("127.0.0.1"), port}}, {}});
  const auto stream = loop.run(proxied->connect({ip("192.0.2.25"), 25}, std::nullopt, far_away()));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Failure::unreachable) << stream.error().detail;
  EXPECT_TRUE(stream.error().detail.starts_with("the proxy: ")) << stream.error().detail;
}

TEST_F(ProxyTest, IsAnotherPlace) {
  proxied = through_proxy(*network, {{{ip("203.0.113.9"), 1080}, {ip("2001:db8::9"), 1080}}, {}});
  EXPECT_EQ(proxied->source_towards(ip("192.0.2.25")).value(), ip("203.0.113.9"));
  EXPECT_EQ(proxied->source_towards(ip("2001:db8::25")).value(), ip("2001:db8::9"));
  EXPECT_TRUE(proxied->own_addresses().empty());
  proxied = through_proxy(*network, {{{ip("203.0.113.9"), 1080}}, {}});
  EXPECT_EQ(proxied->source_towards(ip("2001:db8::25")).value(), ip("203.0.113.9"));
}

TEST(Socks, AsksForIpv6Addresses) {
  EXPECT_EQ(socks_connect({ip("2001:db8::25"), 587}),
            "\x05\x01\x00\x04\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x25\x02\x4b"s);
}

TEST(Socks, SurvivesTheSavedCorpus) {
  std::size_t replayed = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(RELAYPROOF_SOURCE_DIR "/fuzz/corpus/socks")) {
    const std::string bytes = testing_support::read_file(entry.path());
    EXPECT_EQ(fuzz_socks(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++replayed;
  }
  EXPECT_GT(replayed, 0U);
}

}  // namespace
}  // namespace relayproof::net
