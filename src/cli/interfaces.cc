#include "cli/interfaces.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "base/text.h"
#include "cli/proc_files.h"
#include "mail/ip_number.h"

namespace relayproof::cli {
namespace {

// Connected IPv4 networks from the routing table, addresses from the trie of local routes.
std::vector<mail::Network> connected_v4(pid_t process) {
  std::vector<mail::Network> networks;
  std::istringstream text(read_text(of_process(process, "net/route")));
  std::string line;
  std::getline(text, line);
  while (std::getline(text, line)) {
    const auto words = fields_of(line);
    if (words.size() < 8 || words[2] != "00000000" || words[1] == "00000000") continue;
    const auto mask = mail::number_v4(address_from_hex(words[7]));
    networks.push_back({address_from_hex(words[1]), static_cast<unsigned>(std::popcount(mask))});
  }
  return networks;
}

std::vector<mail::IpAddress> local_v4(pid_t process) {
  std::vector<mail::IpAddress> addresses;
  std::istringstream text(read_text(of_process(process, "net/fib_trie")));
  std::optional<mail::IpAddress> last;
  for (std::string line; std::getline(text, line);) {
    const auto word = trim(line);
    if (word.starts_with("|-- ")) last = mail::IpAddress::parse(word.substr(4));
    if (!last || word.find("/32 host LOCAL") == std::string_view::npos) continue;
    if (std::find(addresses.begin(), addresses.end(), *last) == addresses.end()) {
      addresses.push_back(*last);
    }
  }
  return addresses;
}

std::vector<mail::Network> interfaces_v6(pid_t process) {
  std::vector<mail::Network> found;
  std::istringstream text(read_text(of_process(process, "net/if_inet6")));
  for (std::string line; std::getline(text, line);) {
    std::istringstream fields(line);
    std::string digits;
    std::string index;
    std::string prefix;
    if (!(fields >> digits >> index >> prefix) || digits.size() != 32) continue;
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      unsigned value = 0;
      std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, value, 16);
      bytes.at(i) = static_cast<std::uint8_t>(value);
    }
    unsigned bits = 0;
    std::from_chars(prefix.data(), prefix.data() + prefix.size(), bits, 16);
    found.push_back({mail::IpAddress::v6(bytes), bits});
  }
  return found;
}

}  // namespace

std::vector<mail::Network> interfaces_of_process(pid_t process) {
  auto found = interfaces_v6(process);
  const auto networks = connected_v4(process);
  for (const auto& address : local_v4(process)) {
    unsigned prefix = address.is_loopback() ? 8 : 32;
    for (const auto& network : networks) {
      if (network.contains(address)) prefix = network.prefix;
    }
    found.push_back({address, prefix});
  }
  return found;
}

}  // namespace relayproof::cli
