// Parts of Postfix's log lines, each taken from the front of the text that is left.
#pragma once

#include <cstdint>
#include <string_view>

namespace relayproof::logs {

/// Removes `prefix` from the front of `text`, if it stands there.
bool take(std::string_view& text, std::string_view prefix);

/// A queue ID and the `: ` behind it; empty, and `text` as it was, if none stands there. Short ones
/// are hexadecimal, long ones letters and digits (postconf(5), enable_long_queue_ids).
std::string_view take_queue_id(std::string_view& text);

/// An address behind its `<`, to the `>`: the first one outside a quoted local part
/// (info_log_addr_form = external, the default since 3.5).
struct LoggedAddress {
  std::string_view text;
  bool odd = false;  ///< not in external form, so that it may hold anything
};
/// False if there is no end.
bool take_address(std::string_view& text, LoggedAddress& out);

/// `name[address]` and `:port` if there is one. postscreen(8) writes no name.
struct NameAndAddress {
  std::string_view name;
  std::string_view address;
  std::uint16_t port = 0;
};
bool take_name_and_address(std::string_view& text, NameAndAddress& out);

/// The decimal number at the front, 0 if there is none or it is over 65535.
std::uint16_t take_number(std::string_view& text);

}  // namespace relayproof::logs
