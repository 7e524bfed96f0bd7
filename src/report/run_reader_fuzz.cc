// Whatever another machine prints is no run, or one that can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "report/render.h"
#include "report/run_reader.h"

namespace relayproof::report {

int fuzz_run_reader(const std::uint8_t* data, std::size_t size);

int fuzz_run_reader(const std::uint8_t* data, std::size_t size) {
  const auto run = read_run({reinterpret_cast<const char*>(data), size});
  if (!run) return 0;
  const Meta meta{"0", "0"};
  const auto again = read_run(json(*run, meta));
  if (!again || again->doors.size() != run->doors.size()) std::abort();
  const std::string shown = text(*run, TextOptions{});
  if (shown.find('\033') != std::string::npos || shown.find('\0') != std::string::npos)
    std::abort();
  return 0;
}

}  // namespace relayproof::report

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::report::fuzz_run_reader(data, size);
}
#endif
