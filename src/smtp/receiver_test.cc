#include "smtp/receiver.h"

#include <gtest/gtest.h>

namespace relayproof::smtp {
namespace {

// The codes of the last lines of the replies, with a blank between them; ` closed` at the end.
std::string codes(Receiver& receiver) {
  std::string text;
  std::string output = receiver.take_output();
  for (std::string_view rest = output; !rest.empty();) {
    if (rest[3] == ' ') text += (text.empty() ? "" : " ") + std::string(rest.substr(0, 3));
    rest.remove_prefix(rest.find("\r\n") + 2);
  }
  return text + (receiver.closing() ? " closed" : "");
}

std::string codes_for(std::string_view commands, Policy policy = {}) {
  Receiver receiver(std::move(policy));
  receiver.take_output();
  receiver.receive(commands);
  return codes(receiver);
}

TEST(Receiver, KeepsTheOrderOfCommands) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\nDATA\r\n.\r\nQUIT\r\n",
       "250 250 250 354 250 221 closed"},
      {"MAIL FROM:<>\r\n", "503"},
      {"HELO a\r\nRCPT TO:<b>\r\n", "250 503"},
      {"HELO a\r\nDATA\r\n", "250 503"},
      {"HELO a\r\nMAIL FROM:<>\r\nDATA\r\n", "250 250 554"},
      {"HELO a\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\n", "250 250 503"},
      {"HELO a\r\nMAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\n", "250 250 250 250"},
      {"HELO a\r\nMAIL FROM:<>\r\nEHLO a\r\nRCPT TO:<b>\r\n", "250 250 250 503"},
      {"HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\nDATA\r\nx\r\n.\r\nRCPT TO:<b>\r\n",
       "250 250 250 354 250 503"},
      {"helo a\r\nmail from:<>\r\nRcpt To:<b>\r\n", "250 250 250"},
      {"HELO a\nMAIL FROM: <>\nRCPT TO : b\n", "250 250 250"},
      {"EHLO\r\nHELO \r\n", "501 501"},
      {"HELO a\r\nMAIL <>\r\nMAIL FROM\r\nMAIL TO:<>\r\n", "250 501 501 501"},
      {"NOOP\r\nVRFY a\r\nRSET\r\nEXPN a\r\nHELP\r\nAUTH PLAIN\r\n", "250 252 250 502 502 502"},
      {"FOO\r\n\r\nSTARTTLS\r\nDATAX\r\n", "500 500 503 500"},
  };
  for (const auto& [commands, expected] : cases)
    EXPECT_EQ(codes_for(commands), expected) << commands;
}

TEST(Receiver, SaysWhatItOffers) {
  Receiver receiver(
      {.hostname = "mx.example", .extensions = {"PIPELINING", "SIZE 9"}, .starttls = true});
  EXPECT_EQ(receiver.take_output(), "220 mx.example ESMTP\r\n");
  receiver.receive("EHLO a\r\n");
  EXPECT_EQ(receiver.take_output(),
            "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 9\r\n250 STARTTLS\r\n");
}

TEST(Receiver, CanBeAsOldAsTheyGet) {
  EXPECT_EQ(codes_for("EHLO a\r\nHELO a\r\n", {.knows_ehlo = false}), "500 250");
  EXPECT_EQ(codes_for("MAIL FROM:<>\r\n", {.require_helo = false}), "250");
}

TEST(Receiver, GivesThePolicyWhatTheClientSaid) {
  Policy policy;
  std::string seen;
  policy.on_mail = [&](const Transaction& said, const Path& sender) {
    seen += said.helo + (said.esmtp ? " EHLO" : " HELO") + "|" + sender.argument;
    return mail::Reply{250, {}};
  };
  policy.on_rcpt = [&](const Transaction& said, const Path& recipient) {
    seen += "|" + said.sender->address.value() + ">" + recipient.address.value_or("?");
    return mail::Reply{recipient.address == "no" ? 550 : 250, {}};
  };
  policy.on_message = [&](const Transaction& said, std::string_view message) {
    seen += "|" + std::to_string(said.recipients.size()) + " " + std::string(message);
    return mail::Reply{250, {"queued"}};
  };
  EXPECT_EQ(codes_for("EHLO me\r\nMAIL FROM: <s@x> SIZE=9\r\nRCPT TO:<no>\r\nRCPT TO:<yes>\r\n"
                      "DATA\r\n..a\r\n.\r\n",
                      policy),
            "250 250 550 250 354 250");
  EXPECT_EQ(seen, "me EHLO| <s@x> SIZE=9|s@x>no|s@x>yes|1 .a\r\n");
}

TEST(Receiver, LetsThePolicyRefuseEachStep) {
  Policy policy;
  policy.on_helo = [](const Transaction& said) {
    return said.helo == "bad" ? mail::Reply{550, {"no"}} : mail::Reply{250, {}};
  };
  policy.on_data = [](const Transaction&) { return mail::Reply{451, {"later"}}; };
  EXPECT_EQ(
      codes_for(
          "EHLO bad\r\nMAIL FROM:<>\r\nEHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\nDATA\r\nNOOP\r\n",
          policy),
      "550 503 250 250 250 451 250");
  policy.on_mail = [](const Transaction&, const Path&) { return mail::Reply{421, {"bye"}}; };
  EXPECT_EQ(codes_for("EHLO a\r\nMAIL FROM:<>\r\nNOOP\r\n", policy), "250 421 closed");
}

TEST(Receiver, HangsUpAfterTooManyErrors) {
  EXPECT_EQ(codes_for("X\r\nX\r\nNOOP\r\nX\r\n", {.max_errors = 2}), "500 500 421 closed");
}

TEST(Receiver, RefusesPipeliningThatItDidNotOffer) {
  Policy policy{.early_commands = EarlyCommands::refused};
  EXPECT_EQ(codes_for("EHLO a\r\nMAIL FROM:<>\r\n", policy), "250 500 closed");
  policy.extensions = {"PIPELINING"};
  EXPECT_EQ(codes_for("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\n", policy), "250 250 250");
}

TEST(Receiver, LimitsLinesRecipientsAndMessages) {
  const std::string hello = "HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\n";
  EXPECT_EQ(codes_for(hello + "RCPT TO:<c>\r\n", {.max_recipients = 1}), "250 250 250 452");
  EXPECT_EQ(codes_for(hello + "DATA\r\n12345678\r\n.\r\nNOOP\r\n", {.max_message_bytes = 9}),
            "250 250 250 354 552 250");
  EXPECT_EQ(codes_for("NOOP " + std::string(100, 'x') + "\r\nNOOP\r\n", {.max_line_bytes = 20}),
            "500 250");
}

TEST(Receiver, ForgetsEverythingAtTheTlsHandshake) {
  Receiver receiver({.starttls = true});
  receiver.take_output();
  receiver.receive("EHLO a\r\nMAIL FROM:<>\r\nSTARTTLS\r\nRCPT TO:<injected>\r\n");
  EXPECT_EQ(codes(receiver), "250 250 220");
  ASSERT_TRUE(receiver.wants_tls());
  receiver.receive("NOOP\r\n");
  receiver.tls_started();
  EXPECT_EQ(codes(receiver), "");
  receiver.receive("MAIL FROM:<>\r\nEHLO a\r\nSTARTTLS\r\n");
  EXPECT_EQ(codes(receiver), "503 250 503");
}

TEST(ToWire, NeverLetsATextBecomeAnotherLine) {
  EXPECT_EQ(to_wire({550, {"no\r\n250 yes", std::string("a\0b", 3)}}),
            "550-no??250 yes\r\n550 a?b\r\n");
  EXPECT_EQ(to_wire({250, {}}), "250 \r\n");
}

TEST(MessageReader, EndsOnlyAtADotBetweenCrLf) {
  struct Case {
    std::string_view bytes;
    bool ends;
    std::string_view message;
  };
  const Case cases[] = {
      {".\r\n", true, ""},
      {"a\r\n.\r\n", true, "a\r\n"},
      {"a\r\n..\r\n.\r\n", true, "a\r\n.\r\n"},
      {"a\r\n.b\r\n.\r\n", true, "a\r\nb\r\n"},
      {"a\n.\n", false, "a\n.\n"},
      {"a\n.\r\n", false, "a\n.\r\n"},
      {"a\r\n.\n", false, "a\r\n\n"},
      {"a\r.\r\n", false, "a\r.\r\n"},
      {"a\r\n.\r", false, "a\r\n"},
      {"a\r\n.\rb", false, "a\r\n\rb"},
      {"a\r\n.\r\r\n.\r\n", true, "a\r\n\r\r\n"},
  };
  for (const Case& one : cases) {
    MessageReader reader(100);
    std::string_view bytes = one.bytes;
    EXPECT_EQ(reader.consume(bytes), one.ends) << one.bytes;
    EXPECT_EQ(reader.message(), one.message) << one.bytes;
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(Path, IsReadGenerously) {
  struct Case {
    std::string_view argument;
    std::optional<std::string> address;
    std::vector<std::string> parameters;
  };
  const Case cases[] = {
      {"<a@b>", "a@b", {}},
      {" <a@b> SIZE=1  BODY=8BITMIME", "a@b", {"SIZE=1", "BODY=8BITMIME"}},
      {"a@b SIZE=1", "a@b", {"SIZE=1"}},
      {"<>", "", {}},
      {"<\"a>b\"@c>", "\"a>b\"@c", {}},
      {"<\"a\\\">b\"@c>x", "\"a\\\">b\"@c", {"x"}},
      {"\"a b\"@c", "\"a b\"@c", {}},
      {"<@x,@y:a@b>", "@x,@y:a@b", {}},
      {"", std::nullopt, {}},
      {"  ", std::nullopt, {}},
      {"<a@b", std::nullopt, {}},
      {"<\"a@b>", std::nullopt, {}},
      {"<", std::nullopt, {}},
      {"\"", std::nullopt, {}},
      {"\\", "\\", {}},
  };
  for (const Case& one : cases) {
    const Path path = parse_path(one.argument);
    EXPECT_EQ(path.argument, one.argument);
    EXPECT_EQ(path.address, one.address) << one.argument;
    EXPECT_EQ(path.parameters, one.parameters) << one.argument;
  }
}

}  // namespace
}  // namespace relayproof::smtp
