#include "net/system_lookup.h"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <system_error>
#include <utility>

#include "mail/domain.h"
#include "net/blocking.h"
#include "net/sockaddr.h"

namespace relayproof::net {
namespace {

/// "There is none" is an answer; everything else that fails is not.
template <class T>
Lookup<T> lookup_of_error(int code, int system_error) {
  Lookup<T> lookup;
  if (code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY) return lookup;
  lookup.failed = true;
  lookup.why = code == EAI_SYSTEM ? std::generic_category().message(system_error)
                                  : std::string(gai_strerror(code));
  return lookup;
}

Lookup<mail::IpAddress> ask_getaddrinfo(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  // No AI_ADDRCONFIG: a machine without IPv6 must still see that the name has IPv6 addresses.
  addrinfo* list = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (code != 0) return lookup_of_error<mail::IpAddress>(code, errno);
  Lookup<mail::IpAddress> lookup;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (const auto address = address_of(entry->ai_addr)) lookup.found.push_back(*address);
  }
  freeaddrinfo(list);
  lookup.found = in_order_of_use(lookup.found);
  return lookup;
}

Lookup<std::string> ask_getnameinfo(const mail::IpAddress& address) {
  const SocketAddress target = socket_address(address, 0);
  char name[NI_MAXHOST] = "";
  const int code =
      getnameinfo(target.get(), target.size, name, sizeof name, nullptr, 0, NI_NAMEREQD);
  if (code != 0) return lookup_of_error<std::string>(code, errno);
  Lookup<std::string> lookup;
  const std::string found = mail::normalised_domain(name);
  if (mail::is_domain_name(found)) lookup.found.push_back(found);
  return lookup;
}

template <class T>
Lookup<T> answered(std::optional<Lookup<T>> lookup) {
  if (lookup) return std::move(*lookup);
  return {.found = {}, .failed = true, .why = no_answer_in_time};
}

}  // namespace

Task<Lookup<mail::IpAddress>> system_addresses_of(boost::asio::any_io_executor executor,
                                                  std::string host, TimePoint deadline) {
  std::function<Lookup<mail::IpAddress>()> call = [host = std::move(host)] {
    return ask_getaddrinfo(host);
  };
  auto lookup = co_await result_of(std::move(executor), std::move(call), deadline);
  co_return answered(std::move(lookup));
}

Task<Lookup<std::string>> system_names_of(boost::asio::any_io_executor executor,
                                          mail::IpAddress address, TimePoint deadline) {
  std::function<Lookup<std::string>()> call = [address] { return ask_getnameinfo(address); };
  auto lookup = co_await result_of(std::move(executor), std::move(call), deadline);
  co_return answered(std::move(lookup));
}

std::vector<mail::IpAddress> in_order_of_use(const std::vector<mail::IpAddress>& addresses) {
  std::vector<mail::IpAddress> ordered;
  for (const mail::IpAddress& address : addresses) {
    if (std::find(ordered.begin(), ordered.end(), address) == ordered.end()) {
      ordered.push_back(address);
    }
  }
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const mail::IpAddress& address) { return !address.is_v6(); });
  return ordered;
}

}  // namespace relayproof::net
