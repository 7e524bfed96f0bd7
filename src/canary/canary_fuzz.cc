// Whatever arrives is read without a crash and within bounds, and only a token signed with our key
// counts; whatever answers is read likewise.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "canary/answer.h"
#include "canary/arrivals.h"

namespace relayproof::canary {

int fuzz_canary(const std::uint8_t* data, std::size_t size);

int fuzz_canary(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const Key key = parse_key(std::string(64, '1')).value();
  Arrivals arrivals(key);
  const Arrival arrival = arrivals.take({}, bytes);
  if (arrival.kind == Kind::proof || arrival.kind == Kind::again) std::abort();
  if (arrival.received.size() > most_hops) std::abort();
  for (const auto& hop : arrival.received) {
    if (hop.size() > longest_hop) std::abort();
  }
  mail::Reply reply{250, {}};
  for (const auto line : split(bytes, '\n')) reply.lines.emplace_back(line);
  const auto told = read_answer(reply);
  if (told && told->received.size() > most_hops) std::abort();
  return 0;
}

}  // namespace relayproof::canary

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::canary::fuzz_canary(data, size);
}
#endif
