#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "repair/record.h"

// A record that is understood is printed as it was read.
int fuzz_record_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = relayproof::repair::parse_record(text, "record");
  if (!record) return 0;
  const auto printed = relayproof::repair::print(*record);
  if (!printed) return 0;
  const auto again = relayproof::repair::parse_record(*printed, "record");
  if (!again || again->files.size() != record->files.size()) std::abort();
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_record_parser(data, size);
}
#endif
