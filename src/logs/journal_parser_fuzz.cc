// Whatever a journal holds, an entry gives one line that reads as a line, or nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "logs/journal_parser.h"
#include "logs/syslog_parser.h"

namespace relayproof::logs {

int fuzz_journal_parser(const std::uint8_t* data, std::size_t size);

int fuzz_journal_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  std::string out = "kept";
  const bool read = append_journal_line(line, out);
  if (!out.starts_with("kept") || read != (out.size() > 4)) std::abort();
  if (read && (std::count(out.begin(), out.end(), '\n') != 1 || out.back() != '\n')) std::abort();
  return 0;
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_journal_parser(data, size);
}
#endif
