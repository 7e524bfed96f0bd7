// The text that rules and macros are made of, as Sendmail works on it: `$` and what follows it are
// single bytes, so that a token or a macro's value can hold them (op, section 5.1).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/cf.h"

namespace relayproof::sendmail {

/// The bytes that stand for operators.
namespace op {
inline constexpr char expand = '\x81';        ///< `$x`, before it is expanded
inline constexpr char deferred = '\x82';      ///< `$&x`
inline constexpr char lookup_begin = '\x85';  ///< `$(`
inline constexpr char lookup_end = '\x86';    ///< `$)`
inline constexpr char any = '\x90';           ///< `$*`
inline constexpr char some = '\x91';          ///< `$+`
inline constexpr char one = '\x92';           ///< `$-`
inline constexpr char in_class = '\x93';      ///< `$=x`
inline constexpr char not_in_class = '\x94';  ///< `$~x`
inline constexpr char replacement = '\x95';   ///< `$1`
inline constexpr char mailer = '\x96';        ///< `$#`
inline constexpr char host = '\x97';          ///< `$@`
inline constexpr char user = '\x98';          ///< `$:`
inline constexpr char call = '\x99';          ///< `$>`
inline constexpr char if_set = '\x9a';        ///< `$?x`
inline constexpr char otherwise = '\x9b';     ///< `$|`
inline constexpr char end_if = '\x9c';        ///< `$.`
inline constexpr char host_begin = '\x9d';    ///< `$[`
inline constexpr char host_end = '\x9e';      ///< `$]`
}  // namespace op

/// The macro or class whose name begins at `place`, `x` or `{name}`; `place` moves behind it. 0 and
/// a complaint if there is no name.
MacroId read_macro_name(std::string_view text, std::size_t& place, MacroNames& names,
                        std::vector<std::string>& complaints);

/// A line of the file with its `$` made operators, and without the comment at its end.
std::string to_internal(std::string_view line, int level, MacroNames& names,
                        std::vector<std::string>& complaints);

/// The text as a person would write it.
std::string to_external(std::string_view internal, const MacroNames& names);

/// Replaces `$x` by its value and resolves `$?x … $| … $.`.
std::string expand(std::string_view internal, const std::map<MacroId, CfMacro>& macros);

/// Without backslashes and quotes, up to a delimiter outside of them ('\0': none); `place` moves to
/// it (op, section 5.1.6).
std::string unquoted(std::string_view text, std::size_t& place, char delimiter);

bool is_blank(char character);  ///< as isspace(3) in the C locale

}  // namespace relayproof::sendmail
