// Whatever a container engine prints, reading it ends.
#include <cstdint>
#include <cstdlib>

#include "deployment/engine_parser.h"
#include "deployment/ways.h"

namespace relayproof::deployment {

int fuzz_engine_parser(const std::uint8_t* data, std::size_t size);

int fuzz_engine_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Deployment to;
  const auto read = read_engine(text, "inspect.json", to);
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
  return relayproof::deployment::fuzz_engine_parser(data, size);
}
#endif
