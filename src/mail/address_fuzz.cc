// Whatever a mailbox is made of, it is read without a crash, and written so that it reads the same.
#include <cstdint>
#include <cstdlib>

#include "mail/address.h"

namespace relayproof::mail {

int fuzz_address(const std::uint8_t* data, std::size_t size);

int fuzz_address(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto address = Address::parse(text);
  const std::size_t at = last_unquoted_at(text);
  if (address && address->has_domain != (at != std::string_view::npos)) std::abort();
  if (!address && at != std::string_view::npos) std::abort();
  if (address && Address::parse(address->to_wire()) != address) std::abort();
  const auto literal = literal_address(text);
  if (literal && literal_address(literal->literal()) != literal) std::abort();
  return 0;
}

}  // namespace relayproof::mail

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::mail::fuzz_address(data, size);
}
#endif
