// Lines of text for a terminal of 100 columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "report/render.h"

namespace relayproof::report {

constexpr std::size_t line_columns = 100;

/// Bytes of others made harmless, ASCII unless the locale has more; cut after `limit` bytes.
std::string shown(std::string_view bytes, std::size_t limit, const TextOptions& options);

/// The same for a sentence of our own that may quote others.
std::string said(std::string_view text, std::size_t limit, const TextOptions& options);

/// Columns of a text without control characters: its code points.
std::size_t columns(std::string_view text);
/// The text with spaces up to `width` columns.
std::string padded(std::string_view text, std::size_t width);

/// `label` and `text` broken at spaces, lines after the first indented by `hanging`, each with its
/// newline. Runs of spaces are kept inside a line; a word longer than a line is broken.
std::string paragraph(std::string_view label, std::string_view text, std::size_t hanging);

/// The same for a shell command: breaks only at spaces outside quotes, with a backslash, so that
/// what is pasted is what was meant. A long quoted word makes a long line.
std::string command_lines(std::string_view label, std::string_view command, std::size_t hanging);

/// `1 address`, `2 addresses`.
std::string counted(std::size_t count, std::string_view one, std::string_view many);

}  // namespace relayproof::report
