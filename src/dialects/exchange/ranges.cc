#include "dialects/exchange/ranges.h"

#include <charconv>

#include "base/text.h"
#include "mail/ip_address.h"

namespace relayproof::exchange {
namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// 255.255.255.0 is 24; a mask with a hole is none.
std::optional<unsigned> prefix_of(std::string_view mask) {
  const auto address = mail::IpAddress::parse(mask);
  if (!address) return std::nullopt;
  const std::size_t size = address->is_v6() ? 16 : 4;
  unsigned bits = 0;
  bool ended = false;
  for (std::size_t i = 0; i < size; ++i) {
    for (unsigned bit = 8; bit-- > 0;) {
      const bool set = (address->bytes()[i] >> bit & 1U) != 0;
      if (set && ended) return std::nullopt;
      if (set) ++bits;
      ended = ended || !set;
    }
  }
  return bits;
}

std::optional<mail::IpSet> network_of(std::string_view address, std::optional<unsigned> prefix) {
  const auto first = mail::IpAddress::parse(address);
  if (!first || !prefix || *prefix > (first->is_v6() ? 128U : 32U)) return std::nullopt;
  return mail::IpSet::of(mail::Network{*first, *prefix});
}

}  // namespace

std::optional<mail::IpSet> parse_range(std::string_view text) {
  text = trim(text);
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    return network_of(text.substr(0, slash), number_of<unsigned>(text.substr(slash + 1)));
  }
  const auto bracket = text.find('(');
  if (bracket != std::string_view::npos && text.ends_with(')')) {
    const auto mask = text.substr(bracket + 1, text.size() - bracket - 2);
    return network_of(text.substr(0, bracket), prefix_of(mask));
  }
  const auto dash = text.find('-');
  const auto first = mail::IpAddress::parse(trim(text.substr(0, dash)));
  if (!first) return std::nullopt;
  if (dash == std::string_view::npos) return mail::IpSet::of(*first);
  const auto last = mail::IpAddress::parse(trim(text.substr(dash + 1)));
  if (!last || last->family() != first->family() || *last < *first) return std::nullopt;
  return mail::IpSet::range(*first, *last);
}

bool is_narrower(const mail::IpSet& one, const mail::IpSet& other) {
  if (one.size_v4() != other.size_v4()) return one.size_v4() < other.size_v4();
  // All 2^128 addresses count as one less than they are: the whole family is never narrower.
  if (other.v6() == mail::IpSet::all_v6().v6()) return one.v6() != other.v6();
  return one.size_v6() < other.size_v6();
}

std::optional<Binding> parse_binding(std::string_view text) {
  text = trim(text);
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = number_of<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto address = mail::IpAddress::parse(host);
  if (!port || *port == 0 || !address) return std::nullopt;
  return Binding{*address, *port};
}

std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  std::string piece;
  const auto end = [&] {
    if (!piece.empty()) pieces.push_back(std::move(piece));
    piece.clear();
  };
  for (const char c : text) {
    const bool separates = c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\n' ||
                           c == '\r' || c == '{' || c == '}';
    if (separates) {
      end();
    } else {
      piece += c;
    }
  }
  end();
  return pieces;
}

}  // namespace relayproof::exchange
