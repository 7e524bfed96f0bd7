#include "policy/facts_of.h"

#include <algorithm>

#include "policy/part.h"

namespace relayproof::policy {
namespace {

mail::IpAddress seen_as(const Door& door, const mail::IpAddress& client) {
  for (const auto& seen : door.seen) {
    if (seen.clients.contains(client)) return seen.as;
  }
  return client;
}

std::string hole_text(const Transform::Template::Hole& hole, std::string_view address,
                      const std::vector<std::optional<std::string>>& captures) {
  using Of = Transform::Template::Hole::Of;
  switch (hole.of) {
    case Of::capture:
      return hole.group < captures.size() ? captures[hole.group].value_or("") : "";
    case Of::local:
      return std::string(part_of(address, Part::local));
    case Of::domain:
      return std::string(part_of(address, Part::domain));
    case Of::whole:
      break;
  }
  return std::string(address);
}

std::string filled(const Policy& policy, const Transform::Template& form,
                   std::string_view address) {
  std::vector<std::optional<std::string>> captures;
  if (form.pattern) captures = policy.patterns.at(*form.pattern).captures(address);
  std::string text;
  for (const auto& piece : form.pieces) {
    text += piece.hole ? hole_text(*piece.hole, address, captures) : piece.text;
  }
  if (form.completed_by.empty()) return text;
  return policy.addresses.transform(form.completed_by, text);
}

const Door* door_of(const Policy& policy, std::size_t listener, const Attempt& attempt) {
  const Door* first = nullptr;
  for (const auto& door : policy.doors) {
    if (door.listener != listener) continue;
    if (serves(policy, door, attempt)) return &door;
    if (first == nullptr) first = &door;
  }
  return first;
}

}  // namespace

bool serves(const Policy& policy, const Door& door, const Attempt& attempt) {
  if (door.port != attempt.port || !door.clients.contains(attempt.client)) return false;
  if (!attempt.server) return true;
  const auto& addresses = policy.listeners.at(door.listener).addresses;
  const std::string any = attempt.server->is_v6() ? "::" : "0.0.0.0";
  return std::any_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
    return address == any || mail::IpAddress::parse(address) == attempt.server;
  });
}

std::optional<std::string> read_address(const Addresses& addresses, Field of,
                                        std::string_view wire) {
  const auto& reads = of == Field::sender ? addresses.read_sender : addresses.read_recipient;
  return addresses.before_reading ? reads(addresses.before_reading(wire)) : reads(wire);
}

Facts facts_of(const Policy& policy, std::size_t listener, const Attempt& attempt) {
  Facts facts;
  facts.client = attempt.client.unmapped();
  if (const Door* door = door_of(policy, listener, attempt)) {
    facts.client = seen_as(*door, attempt.client).unmapped();
    if (attempt.speaks_for && door->may_claim.contains(facts.client)) {
      facts.client = attempt.speaks_for->unmapped();
      facts.claimed = true;
    }
  }
  facts.reverse_name = attempt.reverse_name;
  if (attempt.name_confirmed) facts.client_name = attempt.reverse_name;
  facts.helo = attempt.helo;
  facts.sender = read_address(policy.addresses, Field::sender, attempt.mail_from);
  const auto& unqualified = policy.addresses.is_unqualified;
  facts.sender_unqualified = unqualified && unqualified(attempt.mail_from);
  set_recipient(facts, policy, attempt.rcpt_to);
  facts.user = attempt.user;
  facts.headers = attempt.headers;
  facts.tls = attempt.tls;
  facts.certificate = attempt.certificate;
  return facts;
}

void set_recipient(Facts& facts, const Policy& policy, std::string_view wire) {
  const auto& unqualified = policy.addresses.is_unqualified;
  facts.recipient = read_address(policy.addresses, Field::recipient, wire);
  facts.recipient_unqualified = unqualified && unqualified(wire);
}

std::vector<std::string> texts_of(const Facts& facts, Field field) {
  const auto one = [](const std::optional<std::string>& text) {
    return text ? std::vector<std::string>{*text} : std::vector<std::string>{};
  };
  switch (field) {
    case Field::client_name:
      return one(facts.client_name);
    case Field::reverse_name:
      return one(facts.reverse_name);
    case Field::helo:
      return one(facts.helo);
    case Field::sender:
      return one(facts.sender);
    case Field::recipient:
      return one(facts.recipient);
    case Field::user:
      return one(facts.user);
    case Field::header:
      break;
  }
  return facts.headers;
}

bool is_set(const Facts& facts, Flag flag) {
  using Certificate = Attempt::Certificate;
  switch (flag) {
    case Flag::tls:
      return facts.tls;
    case Flag::authenticated:
      return facts.user.has_value();
    case Flag::certificate:
      return facts.certificate != Certificate::none;
    case Flag::certificate_trusted:
      return facts.certificate == Certificate::trusted;
    case Flag::certificate_listed:
      return false;  // an attempt does not say whose certificate it shows
    case Flag::several_recipients:
      return facts.several_recipients;
    case Flag::speaks_for_others:
      return facts.claimed;
    case Flag::sender_unqualified:
      return facts.sender_unqualified;
    case Flag::recipient_unqualified:
      return facts.recipient_unqualified;
  }
  return false;
}

std::string transformed(const Policy& policy, const Transform& transform,
                        std::string_view address) {
  if (transform.named) return policy.addresses.transform(transform.named->name, address);
  return filled(policy, *transform.rewritten, address);
}

std::string rewritten(const Policy& policy, std::string text,
                      const std::vector<std::uint32_t>& transforms) {
  for (const auto index : transforms) {
    text = transformed(policy, policy.transforms.at(index), text);
  }
  return text;
}

}  // namespace relayproof::policy
