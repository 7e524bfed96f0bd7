#include "logs/dialect_fuzz.h"
#include "logs/opensmtpd_parser.h"

namespace relayproof::logs {

int fuzz_opensmtpd_parser(const std::uint8_t* data, std::size_t size);

int fuzz_opensmtpd_parser(const std::uint8_t* data, std::size_t size) {
  return fuzz_dialect({"opensmtpd", read_opensmtpd_line, read_opensmtpd_refusal}, data, size);
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_opensmtpd_parser(data, size);
}
#endif
