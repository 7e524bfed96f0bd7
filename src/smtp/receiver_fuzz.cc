// A hostile client against a receiver: what comes out are replies, and cuts make no difference.
// The first byte chooses the policy.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "smtp/receiver.h"
#include "smtp/reply_parser.h"

namespace {

using relayproof::mail::Reply;
using relayproof::smtp::Limits;
using relayproof::smtp::Parsed;
using relayproof::smtp::Path;
using relayproof::smtp::Policy;
using relayproof::smtp::Receiver;
using relayproof::smtp::ReplyParser;
using relayproof::smtp::Transaction;

void require(bool holds) {
  if (!holds) std::abort();
}

Policy policy_of(std::uint8_t flags) {
  Policy policy{.knows_ehlo = (flags & 1) == 0,
                .require_helo = (flags & 2) == 0,
                .starttls = (flags & 4) != 0,
                .max_line_bytes = 80,
                .max_recipients = 3,
                .max_message_bytes = 20,
                .max_errors = 5};
  // Echoes what came, so that a line end in it would become a line of its own.
  policy.on_rcpt = [](const Transaction& said, const Path& path) {
    require(said.sender.has_value() && said.recipients.size() < 3);
    return Reply{path.address ? 250 : 550, {path.argument, path.address.value_or("")}};
  };
  policy.on_message = [](const Transaction& said, std::string_view message) {
    require(!said.recipients.empty() && message.size() <= 20);
    return Reply{250, {std::string(message)}};
  };
  return policy;
}

std::string answers(std::string_view bytes, std::uint8_t flags, std::size_t piece) {
  Receiver receiver(policy_of(flags));
  while (!bytes.empty()) {
    receiver.receive(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (receiver.wants_tls()) {
    receiver.tls_started();
    receiver.receive("EHLO again\r\n");
  }
  return receiver.take_output();
}

void check_replies(std::string_view output) {
  ReplyParser parser(Limits{.line_bytes = 512, .session_bytes = output.size()});
  while (!output.empty()) {
    const Parsed state = parser.consume(output);
    require(state == Parsed::line || state == Parsed::reply);
    if (state == Parsed::reply) require(!parser.take().mixed_codes);
  }
  require(!parser.in_reply());
}

}  // namespace

int fuzz_receiver(const std::uint8_t* data, std::size_t size);

int fuzz_receiver(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(data + 1, data + size);
  const std::string whole = answers(bytes, data[0], bytes.size() + 1);
  require(answers(bytes, data[0], 1) == whole);
  require(answers(bytes, data[0], 5) == whole);
  check_replies(whole);
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_receiver(data, size);
}
#endif
