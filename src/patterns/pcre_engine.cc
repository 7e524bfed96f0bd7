#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

#include "patterns/engine.h"

namespace relayproof::patterns {
namespace {

// PCRE2's own limits are ten million steps and 20 MB; usual patterns need some hundred steps.
constexpr std::uint32_t most_steps = 1'000'000;
constexpr std::uint32_t most_memory = 20'000;  // KiB

struct OptionBit {
  bool Options::*option;
  std::uint32_t bit;
};

constexpr OptionBit option_bits[] = {
    {&Options::ignore_case, PCRE2_CASELESS}, {&Options::multiline, PCRE2_MULTILINE},
    {&Options::dot_all, PCRE2_DOTALL},       {&Options::extended, PCRE2_EXTENDED},
    {&Options::anchored, PCRE2_ANCHORED},    {&Options::dollar_endonly, PCRE2_DOLLAR_ENDONLY},
    {&Options::ungreedy, PCRE2_UNGREEDY},
};

const pcre2_code* code_of(const std::shared_ptr<const void>& code) {
  return static_cast<const pcre2_code*>(code.get());
}

/// What a match needs, freed at the end.
struct Matching {
  pcre2_match_data* data;
  pcre2_match_context* limits;

  explicit Matching(const pcre2_code* code)
      : data(pcre2_match_data_create_from_pattern(code, nullptr)),
        limits(pcre2_match_context_create(nullptr)) {
    if (limits == nullptr) return;
    pcre2_set_match_limit(limits, most_steps);
    pcre2_set_heap_limit(limits, most_memory);
  }
  Matching(const Matching&) = delete;
  Matching& operator=(const Matching&) = delete;
  ~Matching() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
  }
};

}  // namespace

Result<PcreEngine> PcreEngine::compile(const std::string& text, const Options& options) {
  std::uint32_t bits = 0;
  for (const auto& each : option_bits) {
    if (options.*each.option) bits |= each.bit;
  }
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), bits,
                                   &error, &offset, nullptr);
  if (code == nullptr) {
    std::array<unsigned char, 256> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    return failure(std::string(reinterpret_cast<const char*>(message.data())) + " (at byte " +
                   std::to_string(offset) + " of the pattern)");
  }
  return PcreEngine(std::shared_ptr<const void>(
      code, [](void* compiled) { pcre2_code_free(static_cast<pcre2_code*>(compiled)); }));
}

std::size_t PcreEngine::groups() const {
  std::uint32_t count = 0;
  pcre2_pattern_info(code_of(code_), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

Truth PcreEngine::match(std::string_view subject, Captures* captures) const {
  const Matching matching(code_of(code_));
  if (matching.data == nullptr || matching.limits == nullptr) return Truth::unknown;
  const int found = pcre2_match(code_of(code_), reinterpret_cast<PCRE2_SPTR>(subject.data()),
                                subject.size(), 0, 0, matching.data, matching.limits);
  if (found == PCRE2_ERROR_NOMATCH) return Truth::no;
  if (found < 0) return Truth::unknown;
  if (captures == nullptr) return Truth::yes;
  const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(matching.data);
  captures->assign(groups() + 1, std::nullopt);
  for (std::size_t i = 0; i < captures->size() && i < static_cast<std::size_t>(found); ++i) {
    // \K in a lookahead can end a match before its start.
    if (ends[2 * i] == PCRE2_UNSET || ends[2 * i + 1] < ends[2 * i]) continue;
    (*captures)[i] = subject.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]);
  }
  return Truth::yes;
}

}  // namespace relayproof::patterns
