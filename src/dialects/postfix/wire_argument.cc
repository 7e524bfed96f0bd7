#include "dialects/postfix/wire_argument.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/address_tokens.h"

namespace relayproof::postfix {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// One token after the other. A colon ends a token that is `to:` or `from:`, there as at the start
// of the command.
class ArgumentReader {
 public:
  explicit ArgumentReader(std::string_view wire) : wire_(wire.substr(0, wire.find('\0'))) {}

  struct Piece {
    std::string text;
    bool closed = true;
  };
  std::optional<Piece> next() {
    Piece piece;
    while (at_ < wire_.size() && take(piece)) {
    }
    if (piece.text.empty()) return std::nullopt;
    return piece;
  }

 private:
  // False at the end of a token.
  bool take(Piece& piece) {
    const char c = wire_[at_++];
    if (is_space(c)) {
      while (at_ < wire_.size() && is_space(wire_[at_])) ++at_;
      return piece.text.empty();
    }
    if (c == '<' || c == '"') {
      take_enclosed(piece, c == '<' ? '>' : '"');
      return true;
    }
    if (c == '\\') {
      piece.text.push_back(c);
      if (at_ == wire_.size()) return false;
      piece.text.push_back(wire_[at_++]);
      return true;
    }
    piece.text.push_back(c);
    return !(c == ':' && is_start_of_command(piece.text));
  }

  static bool is_start_of_command(std::string_view text) {
    return equals_ignoring_case(text, "to:") || equals_ignoring_case(text, "from:");
  }

  void take_enclosed(Piece& piece, char close) {
    piece.text.push_back(wire_[at_ - 1]);
    std::string open(1, close);
    while (at_ < wire_.size()) {
      const char c = wire_[at_++];
      piece.text.push_back(c);
      if (c == '\\') {
        if (at_ == wire_.size()) break;
        piece.text.push_back(wire_[at_++]);
      } else if (c == open.back()) {
        open.pop_back();
        if (open.empty()) return;
      } else if (c == '"') {
        open.push_back('"');
      } else if (c == '<' && open.back() == '>') {
        open.push_back('>');
      }
    }
    piece.closed = false;
  }

  std::string_view wire_;
  std::size_t at_ = 0;
};

bool is_notify(std::string_view value) {
  const std::string_view known[] = {"never", "success", "failure", "delay"};
  std::size_t given = 0;
  bool never = false;
  for (const auto word : split(value, ',')) {
    if (word.empty()) continue;
    const auto lower = to_lower(word);
    if (std::find(std::begin(known), std::end(known), lower) == std::end(known)) return false;
    never = never || lower == "never";
    ++given;
  }
  return given > 0 && (!never || given == 1);
}

bool is_original_recipient(std::string_view value) {
  const auto semicolon = value.find(';');
  return semicolon != std::string_view::npos && semicolon > 0;
}

bool is_number(std::string_view value) {
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_return(std::string_view value) {
  return equals_ignoring_case(value, "full") || equals_ignoring_case(value, "hdrs");
}

bool is_body(std::string_view value) {
  return equals_ignoring_case(value, "7bit") || equals_ignoring_case(value, "8bitmime");
}

bool is_anything(std::string_view) { return true; }

struct EsmtpParameter {
  Command command;
  std::string_view name;  // with its `=`
  bool (*takes)(std::string_view value);
};
constexpr std::array parameters{
    EsmtpParameter{Command::rcpt, "notify=", is_notify},
    EsmtpParameter{Command::rcpt, "orcpt=", is_original_recipient},
    EsmtpParameter{Command::mail, "body=", is_body},
    EsmtpParameter{Command::mail, "size=", is_number},
    EsmtpParameter{Command::mail, "auth=", is_anything},
    EsmtpParameter{Command::mail, "ret=", is_return},
    EsmtpParameter{Command::mail, "envid=", is_anything},
};

}  // namespace

std::optional<WireArgument> split_argument(std::string_view wire) {
  ArgumentReader reader(wire);
  auto address = reader.next();
  if (!address || !address->closed) return std::nullopt;
  WireArgument argument{std::move(address->text), {}};
  while (auto parameter = reader.next()) argument.parameters.push_back(std::move(parameter->text));
  return argument;
}

bool takes_parameter(Command command, std::string_view parameter, const AddressSettings& settings) {
  if (command == Command::mail && equals_ignoring_case(parameter, "smtputf8")) {
    return settings.smtputf8_enable && settings.version >= Version{3, 0};
  }
  return std::any_of(parameters.begin(), parameters.end(), [&](const EsmtpParameter& known) {
    return known.command == command && starts_with_ignoring_case(parameter, known.name) &&
           known.takes(parameter.substr(known.name.size()));
  });
}

std::optional<std::string> address_in(std::string_view token, const AddressSettings& settings) {
  auto text = token;
  if (text.size() > 1 && text.starts_with('<') && text.ends_with('>')) {
    text = text.substr(1, text.size() - 2);
  }
  if (text.starts_with('@')) {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) text = text.substr(colon + 1);
  }
  const auto list = parse_address_list(text);
  if (list.addresses.size() > 1) return std::nullopt;
  auto address =
      list.addresses.empty() ? std::string() : internal_form(list.addresses[0], Blanks::none);
  if (settings.strict_rfc821_envelopes) {
    const bool bare = list.others == 0 && token.starts_with('<');
    if (!bare || address.starts_with('@')) return std::nullopt;
  }
  return address;
}

}  // namespace relayproof::postfix
