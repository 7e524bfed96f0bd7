#include "logs/unsaid_ends.h"

#include "logs/hash.h"

namespace relayproof::logs {

void UnsaidEnds::begin(const Message& message, MessageTable& messages) {
  if (!message.ends_unsaid) return;
  begun_.put(message.key, {message.key, message.queue_id}, [&](const Begun& old) {
    const auto* found = messages.find(old.key, old.queue_id.view());
    const bool done = found != nullptr && found->ends_unsaid && found->tried && !is_queued(*found);
    if (done) messages.erase(old.key, old.queue_id.view());
  });
}

void UnsaidEnds::attempt(const Delivery& delivery, Message& message, MessageTable& messages) {
  message.tried = true;
  if (!message.ends_unsaid) return;
  const auto key = mixed(message.key + hash_ignoring_case(delivery.recipient)) | 1;
  const bool waited = waits_.find(key) != nullptr;
  if (delivery.outcome == Outcome::deferred) {
    if (!waited) {
      waits_.put(key, 1);
      ++message.deferred;
    }
  } else if (waited) {
    waits_.erase(key);
    if (message.deferred > 0) --message.deferred;
  }
  begin(message, messages);
}

bool is_queued(const Message& message) { return !message.ends_unsaid || message.deferred > 0; }

}  // namespace relayproof::logs
