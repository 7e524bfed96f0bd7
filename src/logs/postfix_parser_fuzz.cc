#include "logs/dialect_fuzz.h"
#include "logs/postfix_parser.h"

namespace relayproof::logs {

int fuzz_postfix_parser(const std::uint8_t* data, std::size_t size);

int fuzz_postfix_parser(const std::uint8_t* data, std::size_t size) {
  return fuzz_dialect({"postfix", read_postfix_line, read_postfix_refusal}, data, size);
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_postfix_parser(data, size);
}
#endif
