#include "probe/ulid.h"

#include <cstdint>
#include <string_view>

#include "net/secrets.h"

namespace relayproof::probe {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t time_digits = 10;
constexpr std::size_t random_digits = 16;

}  // namespace

std::string ulid(std::chrono::system_clock::time_point when,
                 const std::function<std::string()>& random_word) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch());
  auto left = static_cast<std::uint64_t>(since.count());
  std::string text(time_digits, '0');
  for (std::size_t i = time_digits; i-- > 0; left >>= 5) text[i] = digits[left & 31];
  std::string random;
  while (random.size() < random_digits) random += random_word();
  for (const char c : random.substr(0, random_digits)) {
    text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return text;
}

std::string random_word(std::size_t length) {
  // Not std::random_device: it asks the processor anew for each character, which took most of the
  // time of a probe.
  std::string word = net::random_bytes(length);
  for (char& c : word) {
    const char digit = digits[static_cast<unsigned char>(c) & 31U];
    c = digit >= 'A' ? static_cast<char>(digit - 'A' + 'a') : digit;
  }
  return word;
}

}  // namespace relayproof::probe
