// Input, output and limits. What each command does is in receiver_commands.cc.
#include "smtp/receiver.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/text.h"

namespace relayproof::smtp {
namespace {

constexpr int service_closing = 421;
constexpr std::size_t proxy_v2_fixed = 16;
constexpr std::size_t longest_proxy_header = 536;

}  // namespace

Receiver::Receiver(Policy policy)
    : policy_(std::move(policy)), lines_(std::max<std::size_t>(policy_.max_line_bytes, 1)) {
  if (!policy_.expects_proxy) greet();
}

void Receiver::greet() {
  greeted_ = true;
  say(policy_.greeting.value_or(mail::Reply{220, {policy_.hostname + " ESMTP"}}));
}

// What is no header ends the session without a word, as HAProxy's
// document (2) wants it.
void Receiver::take_proxy_header(std::string_view& bytes) {
  while (!bytes.empty()) {
    header_ += bytes.front();
    bytes.remove_prefix(1);
    const bool binary = header_.front() == '\r';
    const bool whole = binary ? header_.size() >= proxy_v2_fixed && header_.size() >= size_of_v2()
                              : header_.ends_with("\r\n");
    if (whole) {
      if (!binary && !header_.starts_with("PROXY ")) closing_ = true;
      said_.claims.push_back(std::exchange(header_, {}));
      if (!closing_) greet();
      return;
    }
    if (header_.size() > longest_proxy_header) {
      closing_ = true;
      return;
    }
  }
}

std::size_t Receiver::size_of_v2() const {
  const auto high = static_cast<unsigned char>(header_[14]);
  const auto low = static_cast<unsigned char>(header_[15]);
  return proxy_v2_fixed + high * std::size_t{256} + low;
}

std::string Receiver::take_output() { return std::exchange(output_, {}); }

void Receiver::receive(std::string_view bytes) {
  while (!bytes.empty() && !closing_ && !wants_tls_) {
    if (!greeted_) {
      take_proxy_header(bytes);
    } else if (message_) {
      take_message(bytes);
    } else {
      take_line(bytes);
    }
  }
  if (wants_tls_ && policy_.obeys_clear_behind_tls) held_ += bytes;
}

void Receiver::tls_started(bool certificate) {
  assert(wants_tls_);
  // RFC 3207 4.2: the server forgets what the client said before.
  if (!policy_.remembers_over_tls) said_ = Transaction{};
  said_.tls = true;
  said_.certificate = certificate && policy_.asks_for_certificate;
  wants_tls_ = false;
  lines_.restart();
  receive(std::exchange(held_, {}));
}

void Receiver::take_line(std::string_view& bytes) {
  const LineReader::Status status = lines_.consume(bytes);
  if (status == LineReader::Status::need_bytes) return;
  const bool offered = said_.esmtp && std::count(policy_.extensions.begin(),
                                                 policy_.extensions.end(), "PIPELINING") > 0;
  if (!output_.empty() && !offered && policy_.early_commands == EarlyCommands::refused) {
    return close_with({500, {"Pipelining not supported"}});
  }
  if (errors_ >= policy_.max_errors) {
    return close_with({service_closing, {"4.7.0 " + policy_.hostname + " too many errors"}});
  }
  if (status == LineReader::Status::too_long) return say({500, {"5.5.2 Line too long"}});
  obey(lines_.line());
}

void Receiver::take_message(std::string_view& bytes) {
  if (!message_->consume(bytes)) return;
  if (message_->is_too_big()) {
    say({552, {"5.3.4 Message too big"}});
  } else {
    say(policy_.on_message ? policy_.on_message(said_, message_->message())
                           : mail::Reply{250, {"2.0.0 Ok"}});
  }
  message_.reset();
  reset();
}

void Receiver::say(const mail::Reply& reply) {
  output_ += to_wire(reply);
  if (reply.is_transient() || reply.is_permanent()) ++errors_;
  if (reply.code == service_closing) closing_ = true;
}

void Receiver::close_with(const mail::Reply& reply) {
  say(reply);
  closing_ = true;
}

std::string to_wire(const mail::Reply& reply) {
  const std::string code = std::to_string(std::clamp(reply.code, 200, 599));
  if (reply.lines.empty()) return code + " \r\n";
  std::string wire;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    std::string text = reply.lines[i];
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, '?');
    wire += code;
    wire += i + 1 < reply.lines.size() ? '-' : ' ';
    wire += text + "\r\n";
  }
  return wire;
}

}  // namespace relayproof::smtp
