// What a DNS server puts into a record must come out as a valid name, or not at all.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "mail/domain.h"
#include "net/dns_rdata.h"

namespace relayproof::net {

int fuzz_dns_rdata(const std::uint8_t* data, std::size_t size);

int fuzz_dns_rdata(const std::uint8_t* data, std::size_t size) {
  const std::string_view rdata(reinterpret_cast<const char*>(data), size);
  const auto pointer = parse_pointer(rdata);
  if (pointer && !mail::is_domain_name(*pointer)) std::abort();
  const auto exchanger = parse_exchanger(rdata);
  if (exchanger && !exchanger->host.empty() && !mail::is_domain_name(exchanger->host)) std::abort();
  if (parse_address(rdata) && size != 4 && size != 16) std::abort();
  return 0;
}

}  // namespace relayproof::net

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::net::fuzz_dns_rdata(data, size);
}
#endif
