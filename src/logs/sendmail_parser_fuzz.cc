#include "logs/dialect_fuzz.h"
#include "logs/sendmail_parser.h"

namespace relayproof::logs {

int fuzz_sendmail_parser(const std::uint8_t* data, std::size_t size);

int fuzz_sendmail_parser(const std::uint8_t* data, std::size_t size) {
  return fuzz_dialect({"sendmail", read_sendmail_line, read_sendmail_refusal, next_sendmail_event},
                      data, size);
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_sendmail_parser(data, size);
}
#endif
