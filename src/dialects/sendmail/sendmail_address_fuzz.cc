// Any bytes as the argument of RCPT TO: what is read is read alike a second time.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dialects/sendmail/address_reading.h"

int fuzz_sendmail_address(const std::uint8_t* data, std::size_t size);

int fuzz_sendmail_address(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof::sendmail;
  AddressSettings settings;
  settings.hostname = "mail.example.com";
  settings.is_local = [](std::string_view domain) { return domain == "mail.example.com"; };
  settings.is_relayed = [](std::string_view domain) { return domain == "example.org"; };
  const std::string wire(data, data + size);
  const auto address = read_argument(wire, false, settings);
  if (!address) return 0;
  if (address->empty()) std::abort();
  const auto inner = innermost_address(*address, settings);
  if (innermost_address(inner, settings) != inner) std::abort();
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_sendmail_address(data, size);
}
#endif
