// Any bytes as the argument of RCPT TO and MAIL FROM: what is read, reads again as itself; and as
// the right-hand side of an alias.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dialects/opensmtpd/address_reading.h"
#include "dialects/opensmtpd/alias_rows.h"
#include "dialects/opensmtpd/networks.h"

int fuzz_smtpd_path(const std::uint8_t* data, std::size_t size);

int fuzz_smtpd_path(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof::opensmtpd;
  const std::string bytes(data, data + size);
  for (const bool is_sender : {true, false}) {
    const auto read = read_path(bytes, "mail.example.com", is_sender);
    if (!read) continue;
    if (read_path('<' + *read + '>', "other.example.com", is_sender) != read) std::abort();
  }
  for (const auto& target : targets_of(bytes)) static_cast<void>(target_of(target));
  static_cast<void>(parse_network(bytes));
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_smtpd_path(data, size);
}
#endif
