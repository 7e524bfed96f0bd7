// Whatever a server says, its words are read without a crash, and a refusal always has a reason.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "probe/classify.h"
#include "probe/seen_as.h"
#include "probe/software.h"

namespace relayproof::probe {

int fuzz_classify(const std::uint8_t* data, std::size_t size);

// The first byte is the stage, the next two the code, the rest the lines of the reply.
int fuzz_classify(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto stage = static_cast<Stage>(data[0] % 5);
  const std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
  mail::Reply reply;
  reply.code = 200 + (data[1] * 256 + data[2]) % 400;
  for (const auto line : split(text, '\n')) reply.lines.emplace_back(line);

  const bool refusal = reply.code >= 400;
  if (classify(reply, stage).has_value() != refusal) std::abort();
  identify(reply.lines.front(), reply.lines, reply.lines);
  const auto address = seen_as(reply.lines, reply.lines.back(), mail::IpAddress{});
  if (address && address->unmapped() != *address) std::abort();
  return 0;
}

}  // namespace relayproof::probe

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::probe::fuzz_classify(data, size);
}
#endif
