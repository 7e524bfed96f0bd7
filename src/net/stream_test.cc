#include "net/stream.h"

#include "net/net_test.h"

namespace relayproof::net {
namespace {

Task<void> echo(std::unique_ptr<Stream> stream) {
  for (;;) {
    ReadResult received = co_await stream->read(far_away());
    if (received.failure) co_return;
    const auto failed = co_await stream->write(received.bytes, far_away());
    if (failed) co_return;
  }
}

/// Says nothing until the client goes.
Task<void> listen_only(std::unique_ptr<Stream> stream) {
  for (;;) {
    const ReadResult received = co_await stream->read(far_away());
    if (received.failure) co_return;
  }
}

Task<void> hang_up(std::unique_ptr<Stream> stream) {
  stream->close();
  co_return;
}

/// Answers whatever comes first in the clear, as a server without TLS does.
Task<void> speak_no_tls(std::unique_ptr<Stream> stream) {
  const ReadResult received = co_await stream->read(far_away());
  if (received.failure) co_return;
  co_await stream->write("500 what?\r\n", far_away());
  co_await stream->read(far_away());
}

Task<void> greet_over_tls(std::unique_ptr<Stream> stream) {
  Handshake how;
  const auto failed = co_await stream->start_tls(how, far_away());
  if (failed) co_return;
  co_await echo(std::move(stream));
}

Task<std::string> read_bytes(Stream* stream, std::size_t wanted) {
  std::string all;
  while (all.size() < wanted) {
    const ReadResult part = co_await stream->read(far_away());
    if (part.failure) break;
    all += part.bytes;
  }
  co_return all;
}

using StreamTest = OnLoopback;

TEST_F(StreamTest, CarriesBytesBothWays) {
  const auto stream = connected(serve(echo));
  const std::string bytes("a\0\r\n\xFF", 5);
  EXPECT_FALSE(loop.run(stream->write(bytes, far_away())));
  EXPECT_EQ(loop.run(read_bytes(stream.get(), bytes.size())), bytes);
}

TEST_F(StreamTest, ReadsALongAnswerInBoundedPieces) {
  const auto stream = connected(serve(echo));
  const std::string bytes(100'000, 'x');
  EXPECT_FALSE(loop.run(stream->write(bytes, far_away())));
  const ReadResult first = loop.run(stream->read(far_away()));
  EXPECT_LE(first.bytes.size(), 16U * 1024U);
  EXPECT_EQ(loop.run(read_bytes(stream.get(), bytes.size() - first.bytes.size())).size(),
            bytes.size() - first.bytes.size());
}

TEST_F(StreamTest, TellsThatThePeerClosed) {
  const auto stream = connected(serve(hang_up));
  const ReadResult received = loop.run(stream->read(far_away()));
  EXPECT_TRUE(received.bytes.empty());
  ASSERT_TRUE(received.failure);
  EXPECT_EQ(received.failure->kind, Failure::closed);
}

TEST_F(StreamTest, SurvivesWritingToAPeerThatHasGone) {
  const auto stream = connected(serve(hang_up));
  ASSERT_TRUE(loop.run(stream->read(far_away())).failure);
  // The first write is answered with RST; a later one would raise SIGPIPE.
  std::optional<IoFailure> failed;
  while (!failed) failed = loop.run(stream->write(std::string(1000, 'x'), far_away()));
  EXPECT_EQ(failed->kind, Failure::reset) << failed->detail;
}

TEST_F(StreamTest, EndsAReadAtItsDeadline) {
  const auto stream = connected(serve(listen_only));
  const ReadResult received = loop.run(stream->read(soon()));
  ASSERT_TRUE(received.failure);
  EXPECT_EQ(received.failure->kind, Failure::timed_out);
}

TEST_F(StreamTest, GoesOnAfterADeadline) {
  const auto stream = connected(serve(echo));
  ASSERT_TRUE(loop.run(stream->read(soon())).failure);
  EXPECT_FALSE(loop.run(stream->write("x", far_away())));
  EXPECT_EQ(loop.run(read_bytes(stream.get(), 1)), "x");
}

TEST_F(StreamTest, EndsAReadBeforeTheDeadlineOfTheOneBefore) {
  const auto stream = connected(serve(echo));
  EXPECT_FALSE(loop.run(stream->write("x", far_away())));
  EXPECT_EQ(loop.run(read_bytes(stream.get(), 1)), "x");  // waits until far away
  const ReadResult received = loop.run(stream->read(soon()));
  ASSERT_TRUE(received.failure);
  EXPECT_EQ(received.failure->kind, Failure::timed_out);
}

TEST_F(StreamTest, EndsAWriteAtItsDeadline) {
  // The peer never reads, so that the buffers between us fill up.
  std::vector<std::unique_ptr<Stream>> peers;
  const auto stream = connected(serve([&peers](std::unique_ptr<Stream> peer) -> Task<void> {
    peers.push_back(std::move(peer));
    co_return;
  }));
  const auto failed = loop.run(stream->write(std::string(64U << 20U, 'x'), soon()));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->kind, Failure::timed_out) << failed->detail;
}

TEST_F(StreamTest, TriesNothingAfterItsDeadline) {
  const auto stream = connected(serve(echo));
  const auto written = loop.run(stream->write("x", already_past()));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->kind, Failure::timed_out);
  const ReadResult received = loop.run(stream->read(already_past()));
  ASSERT_TRUE(received.failure);
  EXPECT_EQ(received.failure->kind, Failure::timed_out);
  const auto secured = loop.run(stream->start_tls({}, already_past()));
  ASSERT_TRUE(secured);
  EXPECT_EQ(secured->kind, Failure::timed_out);
}

TEST_F(StreamTest, IsClosedForGood) {
  const auto stream = connected(serve(echo));
  stream->close();
  stream->close();
  EXPECT_EQ(loop.run(stream->read(far_away())).failure.value().kind, Failure::closed);
  EXPECT_EQ(loop.run(stream->write("x", far_away())).value().kind, Failure::closed);
  EXPECT_EQ(loop.run(stream->start_tls({}, far_away())).value().kind, Failure::closed);
}

Task<void> read_into(Stream* stream, ReadResult* result) {
  *result = co_await stream->read(far_away());
}

Task<void> drop(std::unique_ptr<Stream>* stream) {
  stream->reset();
  co_return;
}

TEST_F(StreamTest, MayGoWhileItIsRead) {
  auto stream = connected(serve(listen_only));
  ReadResult result;
  std::vector<Task<void>> tasks;
  tasks.push_back(read_into(stream.get(), &result));
  tasks.push_back(drop(&stream));
  loop.run(all(std::move(tasks), 2));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, Failure::closed);
}

TEST_F(StreamTest, StartsTlsAndReadsTheNamesOfTheCertificate) {
  const auto stream = connected(serve(greet_over_tls, {"MX.Example.org", "mail.example.org"}));
  EXPECT_TRUE(stream->certificate_names().empty());
  const auto failed = loop.run(stream->start_tls({"mx.example.org"}, far_away()));
  ASSERT_FALSE(failed) << failed->detail;
  EXPECT_EQ(stream->certificate_names(),
            (std::vector<std::string>{"mx.example.org", "mail.example.org"}));
  const std::string bytes(50'000, 'y');
  EXPECT_FALSE(loop.run(stream->write(bytes, far_away())));
  EXPECT_EQ(loop.run(read_bytes(stream.get(), bytes.size())), bytes);
}

/// The names on the certificate that a client shows, and whether it was asked for one.
struct Shown {
  std::vector<std::string> names;
  bool asked = false;
};

class WithCertificates : public OnLoopback {
 protected:
  Shown shown(ClientCertificates clients, bool with_certificate) {
    Shown result;
    auto listener = listen(
        loop, ip("127.0.0.1"), 0,
        [&result](std::unique_ptr<Stream> peer) -> Task<void> {
          Handshake how;
          const auto failed = co_await peer->start_tls(how, far_away());
          if (failed) co_return;
          result.names = peer->certificate_names();
          co_await peer->write("x", far_away());
        },
        {"mx.example.org"}, clients);
    const auto stream = connected((*listener)->port());
    EXPECT_FALSE(loop.run(stream->start_tls({{}, with_certificate}, far_away())));
    loop.run(read_bytes(stream.get(), 1));
    result.asked = stream->asks_for_certificate();
    return result;
  }
};

TEST_F(WithCertificates, ShowsOneOfItsOwnOnlyIfItIsAskedForAndMeantTo) {
  const auto shown_one = shown(ClientCertificates::asked_for, true);
  EXPECT_EQ(shown_one.names, std::vector<std::string>{"client.relayproof.invalid"});
  EXPECT_TRUE(shown_one.asked);
  const auto kept_back = shown(ClientCertificates::asked_for, false);
  EXPECT_TRUE(kept_back.names.empty());
  EXPECT_TRUE(kept_back.asked);
  const auto not_asked = shown(ClientCertificates::not_asked_for, true);
  EXPECT_TRUE(not_asked.names.empty());
  EXPECT_FALSE(not_asked.asked);
}

TEST_F(StreamTest, TellsThatThePeerClosedUnderTls) {
  const auto stream = connected(serve(
      [](std::unique_ptr<Stream> peer) -> Task<void> {
        Handshake how;
        co_await peer->start_tls(how, far_away());
        peer->close();
      },
      {"mx.example.org"}));
  ASSERT_FALSE(loop.run(stream->start_tls({"192.0.2.1"}, far_away())));
  EXPECT_EQ(loop.run(stream->read(far_away())).failure.value().kind, Failure::closed);
}

TEST_F(StreamTest, EndsAReadUnderTlsAtItsDeadline) {
  const auto stream = connected(serve(greet_over_tls, {"mx.example.org"}));
  ASSERT_FALSE(loop.run(stream->start_tls({}, far_away())));
  EXPECT_EQ(loop.run(stream->read(soon())).failure.value().kind, Failure::timed_out);
  EXPECT_FALSE(loop.run(stream->write("x", far_away())));
  EXPECT_EQ(loop.run(read_bytes(stream.get(), 1)), "x");
}

TEST_F(StreamTest, FailsTheHandshakeWithAServerWithoutTls) {
  const auto stream = connected(serve(speak_no_tls));
  const auto failed = loop.run(stream->start_tls({"mx.example.org"}, far_away()));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->kind, Failure::tls);
  EXPECT_FALSE(failed->detail.empty());
  EXPECT_TRUE(stream->certificate_names().empty());
}

TEST_F(StreamTest, FailsTheHandshakeThatThePeerCutsOff) {
  const auto stream = connected(serve(hang_up));
  const auto failed = loop.run(stream->start_tls({"mx.example.org"}, far_away()));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->kind, Failure::tls);
}

TEST_F(StreamTest, EndsTheHandshakeAtItsDeadline) {
  const auto stream = connected(serve(listen_only));
  EXPECT_EQ(loop.run(stream->start_tls({}, soon())).value().kind, Failure::timed_out);
}

TEST_F(StreamTest, HasNoTlsAsAServerWithoutACertificate) {
  std::optional<IoFailure> failed;
  const auto stream = connected(serve([&failed](std::unique_ptr<Stream> peer) -> Task<void> {
    Handshake how;
    failed = co_await peer->start_tls(how, far_away());
  }));
  ASSERT_TRUE(loop.run(stream->read(far_away())).failure);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->kind, Failure::tls);
}

TEST(Failure, HasAWordEach) {
  EXPECT_EQ(to_string(Failure::refused), "refused");
  EXPECT_EQ(to_string(Failure::timed_out), "timed out");
  EXPECT_EQ(to_string(Failure::tls), "TLS failed");
}

}  // namespace
}  // namespace relayproof::net
