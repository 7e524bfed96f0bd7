#include "logs/sendmail_delivery.h"

#include <algorithm>
#include <array>

#include "logs/sendmail_fields.h"

namespace relayproof::logs {
namespace {

constexpr auto nowhere = std::string_view::npos;

struct Mailer {
  std::string_view name;
  Agent agent;
};
// Those of the distribution (cf/README, MAILER).
constexpr std::array<Mailer, 12> mailers{{{"esmtp", Agent::network},
                                          {"local", Agent::mailbox},
                                          {"relay", Agent::network},
                                          {"smtp", Agent::network},
                                          {"smtp8", Agent::network},
                                          {"dsmtp", Agent::network},
                                          {"prog", Agent::program},
                                          {"*file*", Agent::mailbox},
                                          {"procmail", Agent::mailbox},
                                          {"cyrus", Agent::mailbox},
                                          {"cyrusv2", Agent::mailbox},
                                          {"cyrusbb", Agent::mailbox}}};

Agent agent_of(std::string_view name, const NameAndAddress& relay) {
  for (const auto& mailer : mailers) {
    if (mailer.name == name) return mailer.agent;
  }
  return relay.address.empty() ? Agent::none : Agent::network;
}

// The class of the status (RFC 3463); 8.8 and older have words only.
Outcome outcome_of(std::string_view status, std::string_view words) {
  const char digit = status.empty() ? '\0' : status.front();
  if (words.starts_with("Sent")) return Outcome::sent;
  if (digit == '4' || words.starts_with("Deferred") || words == "queued") return Outcome::deferred;
  return digit == '2' ? Outcome::other : Outcome::bounced;
}

// The recipient is logged as it was asked for. If it names another one in its local part, and goes
// out, only the server's rules tell which of them was meant. The daemon that sendmail(1) hands it
// to tells more of it.
void doubt_other_address(std::string_view recipient, Delivery& out) {
  const auto& relay = out.relay_address;
  const bool stays = relay.starts_with("127.") || relay == "::1" || relay == "0:0:0:0:0:0:0:1";
  if (out.agent != Agent::network || stays) return;
  const auto local = recipient.substr(0, recipient.rfind('@'));
  if (local.find_first_of("%!@") != nowhere) out.doubted = local;
}

}  // namespace

bool take_sendmail_recipient(std::string_view& list, Delivery& out) {
  if (list.empty()) return false;
  out.recipient = take_listed_address(list);
  out.doubted = {};
  doubt_other_address(out.recipient, out);
  return !out.recipient.empty();
}

namespace {

// What stands behind the recipients; the next host's own words are the last.
void take_fields(std::string_view text, Delivery& out) {
  for (const auto* name : {"delay", "xdelay"}) take_comma_field(text, name);
  const auto mailer = take_comma_field(text, "mailer");
  take_comma_field(text, "pri");
  const auto relay = peer_of(take_comma_field(text, "relay"));
  const auto status = take_comma_field(text, "dsn");
  take_comma_field(text, "quarantine");
  out.relay_name = relay.name;
  out.relay_address = relay.address;
  out.agent = agent_of(mailer, relay);
  if (take(text, "stat=")) out.outcome = outcome_of(status, text);
}

}  // namespace

// deliver.c, logdelivery(): `to=<a>,<b>, [more], ctladdr=<c> (1/1), delay=…`. A recipient may feign
// all that follows, and so may the next host's reply: then the line reads in two ways.
bool read_sendmail_delivery(std::string_view text, Event& out) {
  constexpr std::string_view mark = ", delay=";
  const auto last = text.rfind(mark);
  if (last == nowhere) return false;
  const auto found = find_outside_of_addresses(text, mark);
  const auto first = std::min(found, last);
  auto list = text.substr(0, first);
  const auto end = std::min(find_outside_of_addresses(list, ", "), list.size());
  list = list.substr(0, end);
  auto& delivery = out.what.emplace<Delivery>();
  take_fields(text.substr(first + 2), delivery);
  if (!take_sendmail_recipient(list, delivery)) return false;
  out.rest = list;
  if (last != found) {
    delivery.doubted = text.substr(0, last);
    take(delivery.doubted, "<");
    if (delivery.doubted.ends_with('>')) delivery.doubted.remove_suffix(1);
  }
  return true;
}

}  // namespace relayproof::logs
