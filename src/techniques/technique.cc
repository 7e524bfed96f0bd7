#include "techniques/technique.h"

#include <algorithm>
#include <array>

namespace relayproof::techniques {
namespace {

struct Hole {
  std::string_view name;
  std::string Fill::*value;
};

constexpr std::array<Hole, 9> holes{{
    {"X", &Fill::outside},
    {"X2", &Fill::second_outside},
    {"H", &Fill::host},
    {"L", &Fill::literal},
    {"D", &Fill::own_domain},
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
    filled += piece.hole != nullptr ? std::string_view(with.*(piece.hole->value)) : piece.text;
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
    text += piece.hole != nullptr ? piece.hole->name : piece.text;
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
  }
  return "";
}

}  // namespace relayproof::techniques
