// Any bytes as such an export: they become a policy that answers, or one error with its place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dialects/exchange/dialect.h"
#include "dialects/exchange/node.h"
#include "policy/decide.h"

int fuzz_exchange_clixml_parser(const std::uint8_t* data, std::size_t size);

int fuzz_exchange_clixml_parser(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof;
  const std::string bytes(data, data + size);
  const auto text = exchange::ExportText::decode("/e/connectors", bytes);
  if (text) {
    const auto parsed = exchange::parse_clixml(*text);
    if (!parsed && (!parsed.error().where || parsed.error().where->line == 0)) std::abort();
  }
  MemoryFiles files;
  files.add("/e/connectors.json", bytes);
  const auto loaded = dialects::exchange::dialect.load(files, "/e/connectors.json", {});
  if (!loaded) {
    if (loaded.error().message.empty() || !loaded.error().where) std::abort();
    return 0;
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
  return fuzz_exchange_clixml_parser(data, size);
}
#endif
