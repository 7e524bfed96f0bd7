// Any bytes as a configuration: it is read, lowered, and one attempt is decided.
#include <cstddef>
#include <cstdint>
#include <string>

#include "dialects/exim/dialect.h"
#include "policy/decide.h"

int fuzz_exim_config_parser(const std::uint8_t* data, std::size_t size);

int fuzz_exim_config_parser(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof;
  MemoryFiles files;
  std::string text(data, data + size);
  files.add("/fuzz/exim.conf", std::move(text));
  const auto loaded = dialects::exim::dialect.load(files, "/fuzz/exim.conf", {});
  if (!loaded) return 0;
  policy::Attempt attempt;
  attempt.helo = "a";
  attempt.rcpt_to = "<b%c@example.com>";
  for (std::size_t i = 0; i < loaded->policy.listeners.size(); ++i) {
    policy::decide(loaded->policy, i, attempt);
  }
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_exim_config_parser(data, size);
}
#endif
