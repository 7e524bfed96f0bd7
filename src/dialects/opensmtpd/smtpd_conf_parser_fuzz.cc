// Any bytes as smtpd.conf and as a table beside it: whatever they say, they become a policy that
// answers, and every problem has its place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dialects/opensmtpd/dialect.h"
#include "policy/decide.h"

int fuzz_smtpd_conf_parser(const std::uint8_t* data, std::size_t size);

int fuzz_smtpd_conf_parser(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof;
  const std::string bytes(data, data + size);
  MemoryFiles files;
  files.add("/etc/smtpd.conf", bytes);
  files.add("/etc/mail/t", bytes);
  dialects::Host host;
  host.hostname = "mail.example.com";
  const auto loaded = dialects::opensmtpd::dialect.load(files, "/etc/smtpd.conf", host);
  if (!loaded) std::abort();
  if (loaded->runs != loaded->why_not.empty()) std::abort();
  for (const auto& line : loaded->coverage) {
    if (line.where.file.empty() || line.where.line == 0) std::abort();
  }
  policy::Attempt attempt;
  attempt.client = *mail::IpAddress::parse("203.0.113.9");
  attempt.helo = "client.example.net";
  attempt.rcpt_to = "<someone@example.net>";
  for (std::size_t listener = 0; listener < loaded->policy.listeners.size(); ++listener) {
    static_cast<void>(policy::decide(loaded->policy, listener, attempt));
  }
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_smtpd_conf_parser(data, size);
}
#endif
