#include "probe/target.h"

#include <charconv>

#include "base/text.h"
#include "mail/domain.h"
#include "mail/ip_address.h"

namespace relayproof::probe {
namespace {

tl::unexpected<Error> bad(std::string_view text, std::string_view why) {
  return failure("'" + escape_foreign(text, 80) + "' " + std::string(why));
}

Result<TargetSpec> with_port(std::string_view whole, std::string host, std::string_view port) {
  const auto number = parse_port(port);
  if (!number) return bad(whole, "has no valid port (1 to 65535)");
  return TargetSpec{std::move(host), number};
}

Result<TargetSpec> parse_bracketed(std::string_view text) {
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return bad(text, "lacks a closing bracket");
  std::string_view inside = text.substr(1, end - 1);
  if (starts_with_ignoring_case(inside, "ipv6:")) inside.remove_prefix(5);
  const auto address = mail::IpAddress::parse(inside);
  if (!address) return bad(text, "has no IP address between its brackets");
  const std::string_view rest = text.substr(end + 1);
  if (rest.empty()) return TargetSpec{address->to_string(), std::nullopt};
  if (rest.front() != ':') return bad(text, "has something other than :PORT behind its bracket");
  return with_port(text, address->to_string(), rest.substr(1));
}

}  // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return {};
  return port;
}

Result<TargetSpec> parse_target(std::string_view text) {
  if (text.empty()) return failure("an empty name is no target: name a host or an address");
  if (text.front() == '[') return parse_bracketed(text);
  if (const auto address = mail::IpAddress::parse(text)) {
    return TargetSpec{address->to_string(), std::nullopt};
  }
  if (text.find('/') != std::string_view::npos) {
    return bad(text,
               "is not a host; networks are not probed without a scope file, which this "
               "version does not read");
  }
  const std::size_t colon = text.rfind(':');
  const std::string host = mail::normalised_domain(text.substr(0, colon));
  if (!mail::is_domain_name(host) && !mail::IpAddress::parse(host)) {
    return bad(text, "is not a host name or an address");
  }
  if (colon == std::string_view::npos) return TargetSpec{host, std::nullopt};
  return with_port(text, host, text.substr(colon + 1));
}

}  // namespace relayproof::probe
