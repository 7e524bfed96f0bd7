// A line of attempts either becomes an attempt with both addresses, or an error that names the
// line.
#include <cstdint>
#include <cstdlib>

#include "cli/attempts_file.h"

namespace relayproof::cli {

int fuzz_attempts_parser(const std::uint8_t* data, std::size_t size);

int fuzz_attempts_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto attempt = parse_attempt(line, "attempts", 7);
  if (attempt ? attempt->rcpt_to.empty() : attempt.error().where->line != 7) std::abort();
  return 0;
}

}  // namespace relayproof::cli

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::cli::fuzz_attempts_parser(data, size);
}
#endif
