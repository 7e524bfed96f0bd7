// Whatever a dump of iptables holds, reading and following it ends.
#include <cstdint>
#include <cstdlib>

#include "deployment/iptables_parser.h"

namespace relayproof::deployment {

int fuzz_iptables_parser(const std::uint8_t* data, std::size_t size);

int fuzz_iptables_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Deployment to;
  const auto read = read_iptables(text, "rules.v4", to);
  Flow flow;
  flow.to = mail::IpSet::of(*mail::IpAddress::parse("172.22.1.253"));
  if (read) {
    for (const auto& rule : masked(to.nat, flow)) {
      if (rule.clients.empty()) std::abort();
    }
    forwards_to(to.nat, 25);
  }
  return 0;
}

}  // namespace relayproof::deployment

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::deployment::fuzz_iptables_parser(data, size);
}
#endif
