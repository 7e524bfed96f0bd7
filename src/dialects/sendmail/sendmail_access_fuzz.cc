// Any bytes as an access map: rows lie within the text, and what counts for an address is one row.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "dialects/sendmail/access_map.h"
#include "dialects/sendmail/access_tables.h"
#include "policy/policy.h"

int fuzz_sendmail_access(const std::uint8_t* data, std::size_t size);

int fuzz_sendmail_access(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof;
  auto text = std::make_shared<const std::string>(data, data + size);
  const auto map = sendmail::parse_access(text, "access");
  for (const auto& row : map.rows) {
    if (row.key.data() < text->data() || row.line == 0 || row.value.empty()) std::abort();
  }
  policy::Policy policy;
  sendmail::PolicyBuilder builder(policy);
  const sendmail::AccessTables tables(map, builder, true);
  mail::IpSet seen;
  for (const auto& network : tables.networks("Connect")) {
    if (!(seen & network.addresses).empty()) std::abort();
    seen = seen | network.addresses;
  }
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_sendmail_access(data, size);
}
#endif
