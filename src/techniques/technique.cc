#include "techniques/technique.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace relayproof::techniques {
namespace {

struct Hole {
  std::string_view name;
  std::string Fill::*value;
  bool in_capitals = false;
};

constexpr std::array<Hole, 11> holes{{
    {"X", &Fill::outside},
    {"X2", &Fill::second_outside},
    {"XU", &Fill::outside, true},
    {"H", &Fill::host},
    {"L", &Fill::literal},
    {"D", &Fill::own_domain},
    {"DU", &Fill::own_domain, true},
    {"nobody", &Fill::token},
    {"test", &Fill::token},
    {"user", &Fill::user},
    {"from", &Fill::from},
}};

// Either literal text or a hole with its braces.
struct Piece {
  std::string_view text;
  const Hole* hole = nullptr;
  bool in_braces = false;
};

// Takes the next piece off the front of `form`, which is not empty.
Piece take_piece(std::string_view& form) {
  Piece piece;
  const std::size_t end = form.find('}');
  if (form.front() == '{' && end != std::string_view::npos) {
    piece.text = form.substr(0, end + 1);
    piece.in_braces = true;
    const auto* found = std::find_if(holes.begin(), holes.end(), [&](const Hole& hole) {
      return hole.name == form.substr(1, end - 1);
    });
    if (found != holes.end()) piece.hole = found;
  } else {
    piece.text = form.substr(0, form.find('{', 1));
  }
  form.remove_prefix(piece.text.size());
  return piece;
}

std::string value_of(const Hole& hole, const Fill& with) {
  std::string value = with.*(hole.value);
  if (!hole.in_capitals) return value;
  std::transform(value.begin(), value.end(), value.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return value;
}

}  // namespace

const Technique* find(std::string_view name) {
  const auto all = catalogue();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Technique& row) { return row.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string fill(std::string_view form, const Fill& with) {
  std::string filled;
  while (!form.empty()) {
    const Piece piece = take_piece(form);
    filled += piece.hole != nullptr ? value_of(*piece.hole, with) : std::string(piece.text);
  }
  return filled;
}

bool lacks(std::string_view form, const Fill& with) {
  while (!form.empty()) {
    const Piece piece = take_piece(form);
    if (piece.in_braces && (piece.hole == nullptr || (with.*(piece.hole->value)).empty())) {
      return true;
    }
  }
  return false;
}

std::string printed(std::string_view form) {
  std::string text;
  while (!form.empty()) {
    const Piece piece = take_piece(form);
    if (piece.hole != nullptr) {
      text += piece.hole->name;
      continue;
    }
    for (const char c : piece.text) {
      const auto byte = static_cast<unsigned char>(c);
      text += byte < ' ' ? fmt::format("\\{:o}", byte) : std::string(1, c);
    }
  }
  return text;
}

std::string_view to_string(Set set) {
  switch (set) {
    case Set::standard:
      return "standard";
    case Set::historic:
      return "historic";
    case Set::invasive:
      return "invasive";
  }
  return "";
}

std::string_view to_string(Prelude prelude) {
  constexpr std::array<std::string_view, 16> words{"",
                                                   "no HELO",
                                                   "HELO, not EHLO",
                                                   "XCLIENT ADDR=127.0.0.1",
                                                   "XCLIENT LOGIN=nobody",
                                                   "XFORWARD ADDR=127.0.0.1",
                                                   "PROXY TCP4 127.0.0.1",
                                                   "PROXY v2 127.0.0.1",
                                                   "AUTH PLAIN nobody",
                                                   "AUTH PLAIN nobody, refused",
                                                   "AUTH ANONYMOUS",
                                                   "AUTH EXTERNAL",
                                                   "TLS with a certificate",
                                                   "STARTTLS with MAIL and RCPT behind it",
                                                   "MAIL, then STARTTLS",
                                                   "MAIL, RCPT TO:<postmaster@D>, RSET"};
  return words.at(static_cast<std::size_t>(prelude));
}

std::string_view to_string(HeloForm form) {
  switch (form) {
    case HeloForm::ours:
      return "ours";
    case HeloForm::localhost:
      return "localhost";
    case HeloForm::server_name:
      return "server-name";
    case HeloForm::server_literal:
      return "server-literal";
    case HeloForm::own_domain:
      return "own-domain";
    case HeloForm::localhost_localdomain:
      return "localhost.localdomain";
    case HeloForm::loopback_literal:
      return "loopback-literal";
  }
  return "";
}

}  // namespace relayproof::techniques
