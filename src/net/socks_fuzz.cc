// What a proxy answers is bounded, and its size is never more than what came.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "net/socks.h"

namespace relayproof::net {

int fuzz_socks(const std::uint8_t* data, std::size_t size);

int fuzz_socks(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t longest = 262;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  SocksReply reply;
  const auto progress = read_socks_reply(bytes, reply);
  if (progress == SocksProgress::done && (reply.size > size || reply.size > longest)) std::abort();
  if (progress == SocksProgress::need_bytes && size >= longest) std::abort();
  unsigned char value = 0;
  if (read_socks_pair(bytes, 5, value) == SocksProgress::done && size < 2) std::abort();
  if (failure_of_socks(value).detail.empty()) std::abort();
  return 0;
}

}  // namespace relayproof::net

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::net::fuzz_socks(data, size);
}
#endif
