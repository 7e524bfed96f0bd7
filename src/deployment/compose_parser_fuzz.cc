// Whatever a compose file holds, reading it ends with its services or with a place.
#include <cstdint>
#include <cstdlib>

#include "deployment/compose_parser.h"
#include "deployment/ways.h"

namespace relayproof::deployment {

int fuzz_compose_parser(const std::uint8_t* data, std::size_t size);

int fuzz_compose_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Deployment to;
  const auto read = read_compose(text, "compose.yaml", {}, to);
  if (!read && !read.error().where) std::abort();
  if (read) {
    for (const auto& container : to.containers) {
      for (const auto& entry : ways_to(to, container, 25).seen) {
        if (entry.clients.empty()) std::abort();
      }
    }
  }
  return 0;
}

}  // namespace relayproof::deployment

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::deployment::fuzz_compose_parser(data, size);
}
#endif
