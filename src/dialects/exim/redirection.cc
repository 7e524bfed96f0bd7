#include "dialects/exim/redirection.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace relayproof::exim {
namespace {

using policy::Field;
using policy::Part;

bool is_plain(const Piece& piece) {
  return !piece.subject && piece.special == Piece::Special::none;
}

}  // namespace

Redirection read_redirection(std::string_view data, const std::string& qualify) {
  Redirection result;
  data = trim(data);
  if (data.empty() || data.starts_with("#")) return result;
  using Kind = Redirection::Kind;
  static constexpr std::pair<std::string_view, Kind> specials[] = {{":blackhole:", Kind::dropped},
                                                                   {":fail:", Kind::dropped},
                                                                   {":defer:", Kind::dropped},
                                                                   {":unknown:", Kind::declines},
                                                                   {":include:", Kind::unreadable}};
  std::string item;
  bool quoted = false;
  std::vector<std::string> items;
  for (const char c : data) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == ',' || c == '\n')) {
      items.push_back(std::exchange(item, {}));
    } else {
      item += c;
    }
  }
  items.push_back(item);
  for (const auto& one : items) {
    auto text = trim(one);
    for (const auto& [word, kind] : specials) {
      if (!text.starts_with(word)) continue;
      result.kind = kind;
      return result;
    }
    if (text.starts_with('"') && text.ends_with('"') && text.size() > 1) {
      text = text.substr(1, text.size() - 2);
    }
    if (text.empty()) continue;
    if (text.starts_with('|') || text.starts_with('/')) {
      if (result.kind == Kind::declines) result.kind = Kind::local;
      continue;
    }
    if (text.starts_with('\\')) text = text.substr(1);
    if (text.find('<') != std::string_view::npos && text.ends_with('>')) {
      text = text.substr(text.find('<') + 1);
      text.remove_suffix(1);
    }
    result.kind = Kind::addresses;
    std::string address(text);
    if (address.find('@') == std::string::npos) address += '@' + qualify;
    result.addresses.push_back(std::move(address));
  }
  return result;
}

std::vector<std::string> redirection_targets(std::string_view data, const std::string& qualify) {
  auto redirection = read_redirection(data, qualify);
  if (redirection.addresses.empty()) return {std::string(data)};
  return std::move(redirection.addresses);
}

std::optional<RowData> data_in_rows(Lowering& to, std::string_view data, const Scope& scope) {
  data = trim(data);
  if (!data.starts_with("${lookup") || behind_braces(data, 1) != data.size()) return std::nullopt;
  data = trim(data.substr(8, data.size() - 9));
  if (!data.starts_with('{')) return std::nullopt;
  auto end = behind_braces(data, 0);
  const auto key = expand(to, data.substr(1, end - 2), scope);
  data = trim(data.substr(end));
  const auto open = data.find('{');
  if (open == std::string_view::npos || key.size() != 1) return std::nullopt;
  const auto type = parse_lookup_type(trim(data.substr(0, open)));
  const auto operand = key[0].text.operand();
  end = behind_braces(data, open);
  if (!type || !operand || operand->fixed || end == std::string_view::npos) return std::nullopt;
  const auto file = expand(to, data.substr(open + 1, end - open - 2), scope);
  const auto name = file.size() == 1 ? file[0].text.literal() : std::nullopt;
  if (!name) return std::nullopt;
  data = trim(data.substr(end));
  Value otherwise = {{to.builder.constant(true), Text{}}};
  if (data.starts_with('{')) {
    end = behind_braces(data, 0);
    const auto yes = data.substr(1, end - 2);
    if (yes != "$value" && yes != "${value}") return std::nullopt;
    data = trim(data.substr(end));
    if (data.starts_with('{')) {
      end = behind_braces(data, 0);
      otherwise = expand(to, data.substr(1, end - 2), scope);
      data = trim(data.substr(end));
    } else if (data == "fail") {
      data = {};
    }
  }
  if (!data.empty()) return std::nullopt;
  return RowData{*type, *name, operand->subject, std::move(otherwise)};
}

// The template that a text of data is, if it is one address; else a text that is computed.
std::optional<policy::Transform> transform_of(Lowering& to, const Text& text, std::string name) {
  policy::Transform::Template form;
  bool computed = false;
  for (const auto& piece : text.pieces) {
    using Hole = policy::Transform::Template::Hole;
    policy::Transform::Template::Piece made;
    if (is_plain(piece)) {
      made.text = piece.text;
    } else if (piece.subject && piece.subject->field == Field::recipient) {
      computed = computed || piece.change || !piece.subject->via.empty();
      const Hole::Of of[] = {Hole::Of::whole, Hole::Of::local, Hole::Of::domain};
      made.hole = Hole{of[static_cast<std::size_t>(piece.subject->part)], 0};
    } else {
      return std::nullopt;
    }
    form.pieces.push_back(std::move(made));
  }
  policy::Transform transform;
  const std::string here = to.qualify_domain(true);
  if (!computed) {
    const bool has_domain =
        std::any_of(form.pieces.begin(), form.pieces.end(), [](const auto& one) {
          return one.text.find('@') != std::string::npos ||
                 (one.hole && one.hole->of == policy::Transform::Template::Hole::Of::whole);
        });
    if (!has_domain) form.pieces.push_back({'@' + here, std::nullopt});
    transform.rewritten = std::move(form);
    return transform;
  }
  to.changes[name] = [pieces = text.pieces, here](std::string_view address) {
    const auto at = address.rfind('@');
    std::string result;
    for (const auto& piece : pieces) {
      std::string part = piece.text;
      if (piece.subject) {
        part = address;
        if (piece.subject->part == Part::local) part = address.substr(0, at);
        if (piece.subject->part == Part::domain && at != std::string_view::npos) {
          part = address.substr(at + 1);
        }
      }
      result += piece.change ? piece.change(part) : part;
    }
    return result.find('@') == std::string::npos ? result + '@' + here : result;
  };
  transform.named = policy::Transform::Named{std::move(name), {}};
  return transform;
}

}  // namespace relayproof::exim
