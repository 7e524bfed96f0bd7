#include "net/socks.h"

#include <algorithm>
#include <array>

namespace relayproof::net {
namespace {

constexpr char version = 5;
constexpr char login_version = 1;
constexpr char connect_command = 1;
constexpr char ipv4 = 1;
constexpr char domain_name = 3;
constexpr char ipv6 = 4;
constexpr std::size_t longest_field = 255;

std::string field(const std::string& text) {
  const std::string kept = text.substr(0, longest_field);
  return static_cast<char>(kept.size()) + kept;
}

// Of the address in a reply, its length byte included; nullopt: of no known type.
std::optional<std::size_t> address_size(std::string_view bytes) {
  constexpr std::size_t type_at = 3;
  switch (bytes[type_at]) {
    case ipv4:
      return 4;
    case ipv6:
      return 16;
    case domain_name:
      return std::size_t{1} + (bytes.size() > type_at + 1
                                   ? static_cast<unsigned char>(bytes[type_at + 1])
                                   : std::size_t{0});
    default:
      return std::nullopt;
  }
}

struct Meaning {
  Failure kind;
  std::string_view words;
};

// RFC 1928 6, by status.
constexpr std::array<Meaning, 9> meanings{{
    {Failure::local, "the proxy is at odds with itself"},
    {Failure::unreachable, "the proxy could not connect"},
    {Failure::unreachable, "the proxy's rules do not allow it"},
    {Failure::unreachable, "the proxy has no route to its network"},
    {Failure::unreachable, "the proxy cannot reach it"},
    {Failure::refused, "the proxy's connection was refused"},
    {Failure::timed_out, "the proxy got no answer in time"},
    {Failure::local, "the proxy makes no connections for others"},
    {Failure::unreachable, "the proxy has no addresses of that family"},
}};

}  // namespace

std::string socks_greeting(const SocksLogin& login) {
  return login.user.empty() ? std::string{version, 1, 0} : std::string{version, 2, 0, 2};
}

std::string socks_login(const SocksLogin& login) {
  return login_version + field(login.user) + field(login.password);
}

std::string socks_connect(const Endpoint& to) {
  const auto& bytes = to.address.bytes();
  std::string out{version, connect_command, 0, to.address.is_v6() ? ipv6 : ipv4};
  const std::size_t size = to.address.is_v6() ? 16 : 4;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(bytes[i]);
  out += static_cast<char>(to.port >> 8U);
  out += static_cast<char>(to.port & 0xffU);
  return out;
}

SocksProgress read_socks_pair(std::string_view bytes, unsigned char version_expected,
                              unsigned char& value) {
  if (!bytes.empty() && static_cast<unsigned char>(bytes[0]) != version_expected) {
    return SocksProgress::nonsense;
  }
  if (bytes.size() < 2) return SocksProgress::need_bytes;
  value = static_cast<unsigned char>(bytes[1]);
  return SocksProgress::done;
}

SocksProgress read_socks_reply(std::string_view bytes, SocksReply& reply) {
  constexpr std::size_t head = 4;
  constexpr std::size_t port = 2;
  if (!bytes.empty() && bytes[0] != version) return SocksProgress::nonsense;
  if (bytes.size() <= head) return SocksProgress::need_bytes;
  const auto address = address_size(bytes);
  if (!address) return SocksProgress::nonsense;
  if (bytes.size() < head + *address + port) return SocksProgress::need_bytes;
  reply.status = static_cast<unsigned char>(bytes[1]);
  reply.size = head + *address + port;
  return SocksProgress::done;
}

IoFailure failure_of_socks(unsigned char status) {
  const Meaning& meaning = meanings.at(status < meanings.size() ? status : 1U);
  return {meaning.kind, std::string(meaning.words)};
}

}  // namespace relayproof::net
