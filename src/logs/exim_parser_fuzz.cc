#include "logs/dialect_fuzz.h"
#include "logs/exim_parser.h"

namespace relayproof::logs {

int fuzz_exim_parser(const std::uint8_t* data, std::size_t size);

int fuzz_exim_parser(const std::uint8_t* data, std::size_t size) {
  return fuzz_dialect({"exim", read_exim_line, read_exim_refusal}, data, size);
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_exim_parser(data, size);
}
#endif
