// Whatever a client sends as an address is read without a crash; what is taken resolves to an
// address.
#include <cstdint>
#include <cstdlib>

#include "dialects/postfix/address_reading.h"
#include "dialects/postfix/address_resolve.h"

namespace relayproof::postfix {

int fuzz_address_parser(const std::uint8_t* data, std::size_t size);

// The first byte sets the switches, the rest is the argument of RCPT TO.
int fuzz_address_parser(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  AddressSettings settings;
  settings.allow_percent_hack = (data[0] & 1) != 0;
  settings.swap_bangpath = (data[0] & 2) != 0;
  settings.resolve_dequoted_address = (data[0] & 4) != 0;
  settings.resolve_null_domain = (data[0] & 8) != 0;
  settings.resolve_numeric_domain = (data[0] & 16) != 0;
  settings.append_at_myorigin = (data[0] & 32) != 0;
  settings.append_dot_mydomain = (data[0] & 64) != 0;
  if ((data[0] & 128) != 0) settings.version = {2, 10};
  settings.is_listed_as_local = [](std::string_view domain) { return domain == "here.example"; };
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  const auto addresses = make_addresses(settings);
  addresses.read_sender(text);
  addresses.targets(text, "user+more@here.example");
  const auto read = addresses.read_recipient(text);
  if (!read) return 0;
  if (addresses.transform("resolve", *read).find('@') == std::string::npos) std::abort();
  addresses.read_recipient(addresses.spell(*read));
  return 0;
}

}  // namespace relayproof::postfix

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::postfix::fuzz_address_parser(data, size);
}
#endif
