// Other places to ask from: machines that ssh leads to, a proxy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/loop.h"
#include "net/network.h"
#include "net/proxy.h"
#include "probe/observation.h"

namespace relayproof::cli {

struct Arguments;

struct ProxyArgument {
  std::string host;
  std::uint16_t port = 1080;  ///< RFC 1928 3
  net::SocksLogin login;

  std::string name() const;  ///< without the login
};

struct PlaceArguments {
  std::vector<std::string> via;  ///< USER@HOST, as ssh takes it
  std::optional<ProxyArgument> proxy;
};

/// `socks5://[USER:PASSWORD@]HOST[:PORT]`; nullopt if it is none.
std::optional<ProxyArgument> parse_proxy(std::string_view url);

/// A usage error if the places do not fit the rest of the arguments.
std::optional<Error> check_places(const Arguments& arguments);

/// Connects through the proxy that was asked for; nullptr without one.
Result<std::unique_ptr<net::Network>> proxied_network(net::Network& own, net::Loop& loop,
                                                      const PlaceArguments& places);

/// The run with what the machines of --via found about the same target, one after the other. One
/// that cannot be asked is noted in it.
probe::Run with_other_places(probe::Run run, const Arguments& arguments);

/// What is said on the machine of a place, a word each.
std::vector<std::string> words_there(const Arguments& arguments);

}  // namespace relayproof::cli
