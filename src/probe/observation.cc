#include "probe/observation.h"

#include <array>
#include <cstddef>

namespace relayproof::probe {
namespace {

// Enumerators count from 0, so each table is its enumeration's words in order.
template <std::size_t N, class Enum>
std::string_view word(const std::array<std::string_view, N>& words, Enum value) {
  return words.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view to_string(RefusedAs refused_as) {
  static constexpr std::array<std::string_view, 10> words = {
      "relay", "recipient", "sender", "client", "policy",
      "auth",  "tls",       "rate",   "syntax", "temporary"};
  return word(words, refused_as);
}

std::string_view to_string(OutcomeKind kind) {
  static constexpr std::array<std::string_view, 5> words = {"refused", "deferred", "accepted",
                                                            "delivered", "not-run"};
  return word(words, kind);
}

std::string_view to_string(CountsAs counts_as) {
  static constexpr std::array<std::string_view, 3> words = {"relay", "local", "unclear"};
  return word(words, counts_as);
}

std::string_view to_string(Verdict verdict) {
  static constexpr std::array<std::string_view, 3> words = {"closed", "undecided", "open"};
  return word(words, verdict);
}

std::string_view to_string(Evidence evidence) {
  static constexpr std::array<std::string_view, 2> words = {"observed", "demonstrated"};
  return word(words, evidence);
}

std::string_view to_string(Reached reached) {
  static constexpr std::array<std::string_view, 7> words = {
      "yes", "refused", "timed-out", "unreachable", "no-route", "no-tls", "not-smtp"};
  return word(words, reached);
}

std::string_view to_string(Software software) {
  static constexpr std::array<std::string_view, 8> words = {
      "postfix", "opensmtpd", "exim", "sendmail", "exchange", "sink", "other", "unknown"};
  return word(words, software);
}

}  // namespace relayproof::probe
