#include "logs/joiner.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "logs/hash.h"

namespace relayproof::logs {
namespace {

std::uint64_t hash_of_id(std::string_view message_id) {
  auto text = trim(message_id);
  if (text.starts_with('<')) text.remove_prefix(1);
  if (text.ends_with('>')) text.remove_suffix(1);
  return text.empty() ? 0 : hash_of(text) | 1;
}

std::uint64_t handed_key(std::uint64_t message_id, std::string_view recipient) {
  return mixed(message_id + hash_ignoring_case(recipient));
}

// The provider, roughly: a /16 of IPv4, a /32 of IPv6.
std::uint64_t network_of(std::string_view client) {
  const auto address = mail::IpAddress::parse(client);
  if (!address) return hash_of(client);
  const auto bytes = address->unmapped().bytes();
  const std::size_t size = address->unmapped().is_v6() ? 4 : 2;
  return hash_of({reinterpret_cast<const char*>(bytes.data()), size});
}

}  // namespace

Joiner::Joiner(JoinOptions options)
    : options_(std::move(options)),
      ownership_(options_.own_domains),
      messages_(options_.most_messages),
      tallies_(options_.trusted, options_.most_sources) {
  summary_.own_domains_known = ownership_.known();
}

void Joiner::add(const Batch& batch) {
  summary_.lines += batch.lines;
  summary_.bytes += batch.bytes;
  summary_.events += batch.records.size();
  for (const auto& record : batch.records) add(record);
}

void Joiner::add(const Record& record) {
  if (record.when != no_time) {
    if (summary_.first == no_time || record.when < summary_.first) summary_.first = record.when;
    summary_.last = std::max(summary_.last, record.when);
  }
  std::visit([&](const auto& what) { on(record, what); }, record.event.what);
}

// A new message or connection.
Message& Joiner::insert(const Record& record) {
  auto& message = messages_.insert(record.key, record.event.queue_id);
  message.ends_unsaid = record.event.ends_unsaid;
  ends_.begin(message, messages_);
  return message;
}

Message& Joiner::known_or_new(const Record& record, Message::Head head) {
  if (auto* message = messages_.find(record.key, record.event.queue_id)) return *message;
  ++summary_.messages;
  auto& message = insert(record);
  message.head = head;
  return message;
}

// From the message that this one was before it was given back. False if that is not known.
bool Joiner::inherit(const Record& record, std::string_view queue_id, Message& message) {
  const auto key = queue_key(queue_id, record.event.instance, record.host);
  const auto* before = messages_.find(key, queue_id);
  if (before == nullptr || before == &message) return false;
  message.head = before->head;
  message.account = before->account;
  message.client = before->client;
  message.client_name = before->client_name;
  message.given_back = true;
  return true;
}

void Joiner::on(const Record& record, const Connection& connection) {
  auto& message = insert(record);
  message.tried = true;
  message.head = connection.client.empty() ? Message::Head::user : Message::Head::client;
  message.client.assign(connection.client);
  message.client_name.assign(connection.client_name);
}

void Joiner::on(const Record& record, const Login& login) {
  auto* message = messages_.find(record.key, record.event.queue_id);
  if (!login.client.empty()) {
    on(record, Connection{login.client_name, login.client});
    message = messages_.find(record.key, record.event.queue_id);
  }
  if (message == nullptr || login.account.empty()) return;
  message->account = tallies_.of_account(login.account);
}

// The credentials that the client showed in the connection; it did, whatever the log lacks.
std::uint32_t Joiner::account_of(const Record& record, const Arrival& arrival) {
  const auto key = queue_key(arrival.connection, record.event.instance, record.host);
  const auto* opened = messages_.find(key, arrival.connection);
  const bool known = opened != nullptr && opened->client.view() == arrival.client;
  return known ? opened->account : tallies_.of_account("not in the log");
}

// As whoever opened the connection; unknown if the log does not go back so far.
void Joiner::take_client(const Record& record, std::string_view connection, Message& message) {
  const auto key = queue_key(connection, record.event.instance, record.host);
  const auto* opened = messages_.find(key, connection);
  message.head = opened == nullptr ? Message::Head::unknown : opened->head;
  if (opened == nullptr) return;
  message.account = opened->account;
  message.client = opened->client;
  message.client_name = opened->client_name;
}

void Joiner::describe(std::string_view sender, std::string_view message_id, Message& message) {
  if (!message_id.empty()) message.message_id = hash_of_id(message_id);
  if (sender.empty()) return;
  message.sender.assign(sender);
  message.sender_domain = hash_ignoring_case(domain_of(sender));
}

void Joiner::on(const Record& record, const Arrival& arrival) {
  ++summary_.messages;
  const auto shown = arrival.logged_in ? account_of(record, arrival) : no_tally;
  auto& message = insert(record);
  describe(arrival.sender, arrival.message_id, message);
  if (arrival.client.empty() && !arrival.connection.empty()) {
    return take_client(record, arrival.connection, message);
  }
  message.head = Message::Head::client;
  message.client.assign(arrival.client);
  message.client_name.assign(arrival.client_name);
  message.account = arrival.account.empty() ? shown : tallies_.of_account(arrival.account);
  if (!arrival.origin_queue_id.empty() && inherit(record, arrival.origin_queue_id, message)) return;
  if (arrival.origin_client.empty() || message.account != no_tally) return;
  message.head = Message::Head::told;
  message.given_back = true;
  message.client.assign(arrival.origin_client);
  message.client_name.assign({});
}

void Joiner::on(const Record& record, const Submission& submission) {
  Message old;
  if (!submission.origin_queue_id.empty()) inherit(record, submission.origin_queue_id, old);
  ++summary_.messages;
  auto& message = insert(record);
  describe(submission.sender, submission.message_id, message);
  const bool made_here = submission.origin_queue_id.empty() || !submission.user.empty();
  message.head = made_here ? Message::Head::user : Message::Head::unknown;
  message.client.assign(submission.user);
  if (old.head == Message::Head::unknown) return;
  message.head = old.head;
  message.account = old.account;
  message.client = old.client;
  message.client_name = old.client_name;
}

void Joiner::on(const Record& record, const MessageId& id) {
  known_or_new(record, Message::Head::internal).message_id = hash_of_id(id.text);
}

void Joiner::on(const Record& record, const Sender& sender) {
  auto& message = known_or_new(record, Message::Head::unknown);
  describe(sender.address, {}, message);
}

void Joiner::on(const Record& record, const Removed&) {
  messages_.erase(record.key, record.event.queue_id);
}

void Joiner::on(const Record& record, const Delivery& delivery) {
  auto& message = known_or_new(record, Message::Head::unknown);
  ends_.attempt(delivery, message, messages_);
  const auto place = ownership_.place_of(delivery);
  if (!delivery.doubted.empty() && place != Place::outside) {
    ++summary_.doubtful;
    Delivery other = delivery;
    other.recipient = delivery.doubted;
    other.asked_recipient = {};
    return relay(record, message, other);
  }
  switch (place) {
    case Place::inside:
    case Place::nowhere:
      return;
    case Place::forward:
      if (delivery.outcome == Outcome::sent) ++summary_.forwarded;
      return;
    case Place::filter:
      return hand_to_filter(message, delivery);
    case Place::outside:
      return relay(record, message, delivery);
  }
}

std::uint32_t Joiner::tally_of(Message& message) {
  using Head = Message::Head;
  if (message.account != no_tally) return message.account;
  if (message.own_tally != no_tally) return message.own_tally;
  const auto find = [&] {
    switch (message.head) {
      case Head::client:
      case Head::told:
        return tallies_.of_client(message.client.view(), message.client_name.view(),
                                  message.head == Head::told);
      case Head::user:
        return tallies_.of_user(message.client.view());
      case Head::internal:
        return tallies_.of_standing(Standing::machine);
      case Head::unknown:
        break;
    }
    return tallies_.of_standing(Standing::unknown);
  };
  return message.own_tally = find();
}

// Filters run here or next door; what a stranger hands in is his own, whatever its message-id.
bool Joiner::may_be_given_back(std::uint32_t tally) const {
  const auto standing = tallies_.all()[tally].source.standing;
  return standing == Standing::machine || standing == Standing::near ||
         standing == Standing::unclear;
}

bool Joiner::is_wanted(std::string_view client) const {
  if (!options_.only_clients) return true;
  const auto address = mail::IpAddress::parse(client);
  return address && options_.only_clients->contains(address->unmapped());
}

void Joiner::hand_to_filter(Message& message, const Delivery& delivery) {
  if (message.message_id == 0 || delivery.outcome != Outcome::sent) return;
  Delivery unfiltered = delivery;
  unfiltered.agent = Agent::network;
  unfiltered.relay_address = {};
  const auto place = ownership_.place_of(unfiltered);
  const auto tally = tally_of(message);
  const auto key = handed_key(message.message_id, delivery.recipient);
  // From one filter to the next: who handed it to the first stays.
  const bool again =
      (message.given_back || may_be_given_back(tally)) && handed_.find(key) != nullptr;
  if (!again) {
    const auto client = message.client.view();
    handed_.put(key, Handed{tally, place == Place::forward, is_wanted(client), hash_of(client),
                            network_of(client), client});
  }
  if (auto* waiting = waiting_.find(key)) {
    settle(*waiting, handed_.find(key));
    waiting_.erase(key);
  }
}

const Joiner::Handed* Joiner::handed_by(const Message& message, const Delivery& delivery) {
  if (message.message_id == 0) return nullptr;
  const auto* handed = handed_.find(handed_key(message.message_id, delivery.recipient));
  if (handed != nullptr || delivery.asked_recipient.empty()) return handed;
  return handed_.find(handed_key(message.message_id, delivery.asked_recipient));
}

void Joiner::relay(const Record& record, Message& message, const Delivery& delivery) {
  if (record.when != no_time && (record.when < options_.since || record.when > options_.until)) {
    return;
  }
  const auto own = tally_of(message);
  const auto client = message.client.view();
  Relayed relayed;
  relayed.when = record.when;
  relayed.outcome = delivery.outcome;
  relayed.domain = hash_ignoring_case(domain_of(delivery.recipient));
  relayed.sender_domain = message.sender_domain;
  relayed.queue_id = record.event.queue_id;
  relayed.sender = message.sender.view();
  relayed.recipient = delivery.recipient;
  relayed.client_text = client;
  if (message.account != no_tally) {  // for others the source says it
    relayed.client = hash_of(client);
    relayed.network = network_of(client);
  }
  relayed.first_of_message = message.counted_for == no_tally;
  const bool back = message.given_back || may_be_given_back(own);
  const auto* handed = back ? handed_by(message, delivery) : nullptr;
  if (handed != nullptr && handed->forward) {
    ++summary_.forwarded;
    return;
  }
  message.counted_for = handed == nullptr ? own : handed->tally;
  if (back && handed == nullptr && message.message_id != 0) {
    return wait(message, delivery, relayed);
  }
  if (handed != nullptr) {
    relayed.client = handed->client;
    relayed.network = handed->network;
    relayed.client_text = handed->client_text.view();
  }
  count(message.counted_for, handed == nullptr ? is_wanted(client) : handed->wanted, relayed);
}

void Joiner::wait(const Message& message, const Delivery& delivery, Relayed relayed) {
  Waiting waiting;
  waiting.key = message.key;
  waiting.tally = message.counted_for;
  waiting.wanted = is_wanted(message.client.view());
  waiting.relayed = relayed;
  waiting.queue_id.assign(relayed.queue_id);
  waiting.client.assign(relayed.client_text);
  waiting.sender.assign(relayed.sender);
  waiting.recipient.assign(relayed.recipient);
  const auto key = handed_key(message.message_id, delivery.recipient);
  if (auto* same = waiting_.find(key)) {  // a second attempt for the same recipient
    settle(*same, nullptr);
    waiting_.erase(key);
  }
  waiting_.put(key, waiting, [this](Waiting&& old) { settle(old, nullptr); });
}

// `by`: who had handed it to the filter; nullptr: nobody, so that it is the source's own.
void Joiner::settle(Waiting& waiting, const Handed* by) {
  if (by != nullptr && by->forward) {
    ++summary_.forwarded;
    return;
  }
  auto relayed = waiting.relayed;
  relayed.queue_id = waiting.queue_id.view();
  relayed.sender = waiting.sender.view();
  relayed.recipient = waiting.recipient.view();
  relayed.client_text = waiting.client.view();
  if (by == nullptr) return count(waiting.tally, waiting.wanted, relayed);
  relayed.client = by->client;
  relayed.network = by->network;
  relayed.client_text = by->client_text.view();
  if (auto* message = messages_.find(waiting.key, relayed.queue_id)) {
    message->counted_for = by->tally;
  }
  count(by->tally, by->wanted, relayed);
}

void Joiner::count(std::uint32_t tally, bool wanted, const Relayed& relayed) {
  if (!wanted) return;
  tallies_[tally].add(relayed);
  if (options_.on_relay && relayed.first_of_message) {
    options_.on_relay(tallies_[tally].source, relayed);
  }
}

void Joiner::settle_before(Time when) {
  std::vector<std::uint64_t> settled;
  waiting_.for_each([&](std::uint64_t key, Waiting& waiting) {
    if (waiting.relayed.when >= when) return;
    settle(waiting, nullptr);
    settled.push_back(key);
  });
  for (const auto key : settled) waiting_.erase(key);
}

Summary Joiner::finish(const std::optional<std::set<std::string, std::less<>>>& queue) {
  settle_before(std::numeric_limits<Time>::max());
  messages_.for_each([&](const Message& message) {
    if (message.counted_for == no_tally) return;
    if (queue ? !queue->contains(message.queue_id.view()) : !is_queued(message)) return;
    ++tallies_[message.counted_for].source.queued;
  });
  summary_.forgotten = messages_.forgotten();
  for (const auto& tally : tallies_.all()) {
    if (tally.source.messages > 0) summary_.sources.push_back(tally.finished());
  }
  std::stable_sort(
      summary_.sources.begin(), summary_.sources.end(), [](const Source& a, const Source& b) {
        return a.standing != b.standing ? a.standing < b.standing : a.messages > b.messages;
      });
  return std::move(summary_);
}

}  // namespace relayproof::logs
