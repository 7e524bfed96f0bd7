#include "canary/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "net/secrets.h"

namespace relayproof::canary {
namespace {

using std::chrono::seconds;

constexpr std::size_t key_bytes = 32;
constexpr std::size_t time_digits = 8;
constexpr std::size_t nonce_digits = 16;
constexpr std::size_t signature_digits = 32;
constexpr std::size_t token_length = time_digits + nonce_digits + signature_digits + 2;
// Clocks differ.
constexpr std::chrono::minutes tolerance{10};

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool are_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

// Every field ends with a line end, which none of them can hold: no two errands give one text.
std::string signature(const Key& key, std::string_view begin, const Errand& errand) {
  const std::string text = fmt::format("relayproof-canary-1\n{}\n{}\n{}\n", begin,
                                       escape_foreign(errand.target), errand.technique);
  return hex(net::hmac_sha256(key.bytes, text)).substr(0, signature_digits);
}

seconds since_epoch(Time when) {
  return std::chrono::duration_cast<seconds>(when.time_since_epoch());
}

}  // namespace

Result<Key> parse_key(std::string_view text) {
  text = trim(text);
  Key key;
  if (text.size() != key_bytes * 2) return failure("is no key: 64 hexadecimal digits are expected");
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto* end = text.data() + i + 2;
    const auto read = std::from_chars(text.data() + i, end, value, 16);
    if (read.ec != std::errc{} || read.ptr != end) {
      return failure("is no key: 64 hexadecimal digits are expected");
    }
    key.bytes += static_cast<char>(value);
  }
  return key;
}

std::string new_key() { return hex(net::random_bytes(key_bytes)); }

std::string make_token(const Key& key, const Errand& errand, Time now) {
  const std::string begin = fmt::format("{:08x}-{}", since_epoch(now).count() & 0xffffffff,
                                        hex(net::random_bytes(nonce_digits / 2)));
  return begin + "-" + signature(key, begin, errand);
}

bool is_token(std::string_view text) {
  constexpr std::size_t second = time_digits + 1 + nonce_digits;
  return text.size() == token_length && text[time_digits] == '-' && text[second] == '-' &&
         are_digits(text.substr(0, time_digits)) &&
         are_digits(text.substr(time_digits + 1, nonce_digits)) &&
         are_digits(text.substr(second + 1));
}

Authenticity check_token(const Key& key, std::string_view token, const Errand& errand, Time now) {
  if (!is_token(token)) return Authenticity::malformed;
  const std::string_view begin = token.substr(0, token_length - signature_digits - 1);
  const std::string_view signed_as = token.substr(token_length - signature_digits);
  if (!net::same_secret(signature(key, begin, errand), signed_as)) return Authenticity::forged;
  unsigned long made = 0;
  std::from_chars(token.data(), token.data() + time_digits, made, 16);
  const seconds age = since_epoch(now) - seconds(made);
  const bool in_time = age <= token_life && age >= -tolerance;
  return in_time ? Authenticity::genuine : Authenticity::expired;
}

std::string_view to_string(Authenticity authenticity) {
  constexpr std::array<std::string_view, 4> words{"genuine", "expired", "forged", "malformed"};
  return words.at(static_cast<std::size_t>(authenticity));
}

}  // namespace relayproof::canary
