// What we failed to do is an Error. What the world is like is never one: it is a value.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "base/source_range.h"

namespace relayproof {

/// Why we could not do what was asked: one line for a person.
struct Error {
  std::string message;               ///< what is wrong and what to do, without a full stop
  std::optional<SourceRange> where;  ///< the place in the user's file, if it came from one
};

/// `file:line:column: message`, or the message alone.
std::string to_string(const Error& error);

/// std::expected, once the compiler has it: use only the names that std has.
template <class T>
using Result = tl::expected<T, Error>;

/// A failed Result with this message.
inline tl::unexpected<Error> failure(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message), std::nullopt});
}

inline tl::unexpected<Error> failure(std::string message, SourceRange where) {
  return tl::unexpected<Error>(Error{std::move(message), std::move(where)});
}

}  // namespace relayproof
