// Any bytes behind RCPT TO: what is taken has a domain, and is not too long.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dialects/exim/addresses.h"

int fuzz_exim_address_parser(const std::uint8_t* data, std::size_t size);

int fuzz_exim_address_parser(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof::exim;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  AddressRules rules;
  rules.qualify_recipient = "example.com";
  rules.allow_domain_literals = size % 2 == 0;
  rules.strip_excess_angle_brackets = size % 3 == 0;
  rules.strip_trailing_dot = size % 5 == 0;
  rules.has_percent_hack = [](std::string_view domain) { return domain.size() % 2 == 0; };
  const auto recipient = read_recipient(text, rules);
  if (recipient && recipient->find('@') == std::string::npos) std::abort();
  const auto sender = read_sender(text, rules);
  if (sender && sender->size() > 256) std::abort();
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_exim_address_parser(data, size);
}
#endif
