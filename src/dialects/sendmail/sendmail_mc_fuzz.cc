// Any bytes as sendmail.mc and as the maps beside it: whatever they say, they become a policy that
// answers, and every statement has its place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dialects/sendmail/dialect.h"
#include "policy/decide.h"

int fuzz_sendmail_mc(const std::uint8_t* data, std::size_t size);

int fuzz_sendmail_mc(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof;
  const std::string bytes(data, data + size);
  MemoryFiles files;
  files.add("/etc/mail/sendmail.mc", bytes);
  for (const auto* name : {"access", "local-host-names", "relay-domains", "virtusertable"}) {
    files.add(std::string("/etc/mail/") + name, bytes);
  }
  dialects::Host host;
  host.hostname = "mail.example.com";
  const auto loaded = dialects::sendmail::dialect.load(files, "/etc/mail", host);
  if (!loaded) std::abort();
  if (loaded->runs != loaded->why_not.empty()) std::abort();
  for (const auto& line : loaded->coverage) {
    if (line.where.file.empty()) std::abort();
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
  return fuzz_sendmail_mc(data, size);
}
#endif
