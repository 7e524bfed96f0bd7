#include "logs/sendmail_fields.h"

#include <algorithm>

namespace relayproof::logs {
namespace {

// In which part of an address a byte stands. A comment ends all quotes' meaning, and quotes end
// that of brackets.
class AddressState {
 public:
  // Whether a byte here can be what separates addresses.
  bool is_outside() const { return !escaped_ && !quoted_ && !in_brackets_ && comments_ == 0; }

  void step(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (quoted_) {
      quoted_ = c != '"';
    } else if (c == '(') {
      ++comments_;
    } else if (c == ')' && comments_ > 0) {
      --comments_;
    } else if (comments_ == 0) {
      if (c == '"') quoted_ = true;
      if (c == '<') in_brackets_ = true;
      if (c == '>') in_brackets_ = false;
    }
  }

 private:
  bool escaped_ = false;
  bool quoted_ = false;
  bool in_brackets_ = false;
  unsigned comments_ = 0;
};

}  // namespace

std::size_t find_outside_of_addresses(std::string_view text, std::string_view mark) {
  AddressState state;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == mark.front() && state.is_outside() && text.substr(i).starts_with(mark)) return i;
    state.step(text[i]);
  }
  return std::string_view::npos;
}

std::string_view take_listed_address(std::string_view& list) {
  const auto end = std::min(find_outside_of_addresses(list, ","), list.size());
  auto address = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  if (address.size() > 1 && address.front() == '<' && address.back() == '>') {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

std::string_view take_comma_field(std::string_view& text, std::string_view name) {
  auto rest = text;
  if (!take(rest, name) || !take(rest, "=")) return {};
  const auto end = rest.find(", ");
  const auto value = rest.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
  return value;
}

NameAndAddress peer_of(std::string_view text) {
  constexpr std::string_view forged = " (may be forged)";
  NameAndAddress peer;
  const bool confirmed = !text.ends_with(forged);
  if (!confirmed) text.remove_suffix(forged.size());
  const auto bracket = text.rfind('[');
  if (bracket == std::string_view::npos || !text.ends_with(']')) {
    peer.name = text;
    return peer;
  }
  peer.address = text.substr(bracket + 1, text.size() - bracket - 2);
  if (peer.address.find_first_of("] ") != std::string_view::npos) return {};
  take(peer.address, "IPv6:");
  auto name = text.substr(0, bracket);
  if (name.ends_with(' ')) name.remove_suffix(1);
  // What its ident service says of the user is the client's word.
  name.remove_prefix(std::min(name.rfind('@') + 1, name.size()));
  if (confirmed) peer.name = name;
  return peer;
}

}  // namespace relayproof::logs
