// sendmail.cf, and its rule sets run on an address.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dialects/sendmail/cf.h"
#include "dialects/sendmail/rule_verdict.h"

namespace relayproof::sendmail {

int fuzz_cf_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  MemoryFiles files;
  files.add("/etc/mail/access", "Connect:192.168 RELAY\n");
  const CfHost host{"mail.example.com", {}, {"192.0.2.25"}};
  const auto cf = read_cf_text(text, "sendmail.cf", files, host);
  if (!cf) return 0;
  const Maps maps(*cf, files);
  RuleAttempt attempt;
  attempt.client = "203.0.113.9";
  attempt.mail_from = "<bob@club.example>";
  attempt.rcpt_to = "<@a:\"x\"%y@example.net>";
  check_attempt(*cf, maps, attempt);
  return 0;
}

}  // namespace relayproof::sendmail

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::sendmail::fuzz_cf_parser(data, size);
}
#endif
