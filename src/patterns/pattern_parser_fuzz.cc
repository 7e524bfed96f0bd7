// Whatever a pattern and a subject are, nothing crashes and the engine stays between the bounds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "patterns/pattern.h"

namespace relayproof::patterns {

int fuzz_pattern_parser(const std::uint8_t* data, std::size_t size);

// The first byte is the flavour, the second the options, the third how long the pattern is; what
// follows it is the subject.
int fuzz_pattern_parser(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto flavour = static_cast<Flavour>(data[0] % 3);
  const auto bit = [&](unsigned which) { return (data[1] >> which & 1U) != 0; };
  const Options options{bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6)};
  const std::string_view rest(reinterpret_cast<const char*>(data) + 3, size - 3);
  const auto text = rest.substr(0, data[2]);
  // Long subjects only cost time.
  const auto subject = rest.substr(text.size()).substr(0, 100);

  const auto pattern = Pattern::compile(text, flavour, options);
  if (!pattern) return 0;
  const auto matches = pattern->matches(subject);
  const auto& [lower, upper] = pattern->language();
  if (!matches) return 0;
  if (lower.contains(subject) && !*matches) std::abort();
  if (*matches && !upper.contains(subject)) std::abort();
  const auto captures = pattern->captures(subject);
  // The C library is not asked for all groups (posix_trust.h), and glibc may find a backreference
  // only as long as nobody asks for them.
  const bool may_not_tell = flavour != Flavour::pcre && captures.empty();
  const bool complete = captures.size() == pattern->groups() + 1;
  if (*matches && !complete && !may_not_tell) std::abort();

  const SearchBudget budget{.states = 50, .candidates = 5};
  std::string member;
  if (find_any(lower, budget, &member) == Searched::found &&
      !pattern->matches(member).value_or(true)) {
    std::abort();
  }
  return 0;
}

}  // namespace relayproof::patterns

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::patterns::fuzz_pattern_parser(data, size);
}
#endif
