#include "deployment/published.h"

#include <charconv>

#include "base/text.h"

namespace relayproof::deployment {
namespace {

std::optional<std::uint16_t> number(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

struct Pieces {
  std::string_view host;
  std::string_view published;
  std::string_view target;
};

// `host:published:target`, the first two as far as they are there. An IPv6 host may stand in
// brackets.
std::optional<Pieces> pieces_of(std::string_view text) {
  Pieces pieces;
  const auto last = text.rfind(':');
  pieces.target = text.substr(last == std::string_view::npos ? 0 : last + 1);
  if (last == std::string_view::npos) return pieces;
  text = text.substr(0, last);
  if (text.starts_with('[') && text.ends_with(']')) {
    pieces.host = text.substr(1, text.size() - 2);
    return pieces;
  }
  const auto before = text.rfind(':');
  pieces.published = text.substr(before == std::string_view::npos ? 0 : before + 1);
  if (before == std::string_view::npos) {
    // `192.0.2.1:25` without a port of the host's is not allowed; `192.0.2.1::25` is.
    return pieces;
  }
  pieces.host = text.substr(0, before);
  if (pieces.host.starts_with('[') && pieces.host.ends_with(']')) {
    pieces.host = pieces.host.substr(1, pieces.host.size() - 2);
  }
  return pieces;
}

}  // namespace

std::optional<Ports> parse_ports(std::string_view text) {
  const auto hyphen = text.find('-');
  const auto first = number(text.substr(0, hyphen));
  if (!first) return std::nullopt;
  if (hyphen == std::string_view::npos) return Ports{*first, *first};
  const auto last = number(text.substr(hyphen + 1));
  if (!last || *last < *first) return std::nullopt;
  return Ports{*first, *last};
}

std::optional<std::vector<PublishedPort>> parse_published(std::string_view text) {
  const auto slash = text.find('/');
  const bool tcp =
      slash == std::string_view::npos || equals_ignoring_case(text.substr(slash + 1), "tcp");
  const auto pieces = pieces_of(text.substr(0, slash));
  if (!pieces) return std::nullopt;
  const auto target = parse_ports(pieces->target);
  if (!target) return std::nullopt;
  std::optional<Ports> published;
  if (!pieces->published.empty()) {
    published = parse_ports(pieces->published);
    if (!published) return std::nullopt;
  }
  if (!pieces->host.empty() && !mail::IpAddress::parse(pieces->host)) return std::nullopt;
  std::vector<PublishedPort> ports;
  if (!tcp) return ports;
  const bool side_by_side =
      published && published->last - published->first == target->last - target->first;
  for (unsigned port = target->first; port <= target->last; ++port) {
    PublishedPort one;
    one.host_address = std::string(pieces->host);
    one.container_port = static_cast<std::uint16_t>(port);
    if (published && (side_by_side || published->first == published->last)) {
      const unsigned offset = side_by_side ? port - target->first : 0;
      one.host_port = static_cast<std::uint16_t>(published->first + offset);
    }
    ports.push_back(std::move(one));
  }
  return ports;
}

}  // namespace relayproof::deployment
