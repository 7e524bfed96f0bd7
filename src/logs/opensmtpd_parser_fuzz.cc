// Whatever stands in a line of OpenSMTPD, what is read views into it.
#include <cstdint>
#include <cstdlib>

#include "logs/opensmtpd_parser.h"
#include "logs/syslog_parser.h"

namespace relayproof::logs {

int fuzz_opensmtpd_parser(const std::uint8_t* data, std::size_t size);

namespace {

void hold(std::string_view line, std::string_view part) {
  if (part.empty()) return;
  if (part.data() < line.data() || part.data() + part.size() > line.data() + line.size()) {
    std::abort();
  }
}

}  // namespace

int fuzz_opensmtpd_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  LogLine line;
  if (!read_syslog_line(bytes, line)) return 0;
  Event event;
  if (read_opensmtpd_line(line, event)) {
    hold(bytes, event.queue_id);
    if (const auto* arrival = std::get_if<Arrival>(&event.what)) {
      for (const auto part :
           {arrival->client, arrival->account, arrival->sender, arrival->message_id}) {
        hold(bytes, part);
      }
    }
    if (const auto* delivery = std::get_if<Delivery>(&event.what)) {
      for (const auto part :
           {delivery->recipient, delivery->asked_recipient, delivery->relay_address}) {
        hold(bytes, part);
      }
    }
    if (const auto* connection = std::get_if<Connection>(&event.what)) {
      hold(bytes, connection->client);
    }
    if (event.queue_id.empty()) std::abort();
  }
  if (const auto refusal = read_opensmtpd_refusal(line)) {
    hold(bytes, refusal->connection);
    hold(bytes, refusal->rest);
  }
  return 0;
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_opensmtpd_parser(data, size);
}
#endif
