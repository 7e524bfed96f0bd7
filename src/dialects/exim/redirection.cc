#include "dialects/exim/redirection.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/text.h"

namespace relayproof::exim {
namespace {

using policy::Field;
using policy::Part;

bool is_plain(const Piece& piece) {
  return !piece.subject && piece.special == Piece::Special::none;
}

// Parted by commas and line ends that are in no quotes.
std::vector<std::string> redirection_items(std::string_view data) {
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
  return items;
}

// `\\user`, `Name <user@domain>`.
std::string redirection_address(std::string_view text, const std::string& qualify) {
  if (text.starts_with('\\')) text = text.substr(1);
  if (text.find('<') != std::string_view::npos && text.ends_with('>')) {
    text = text.substr(text.find('<') + 1);
    text.remove_suffix(1);
  }
  std::string address(text);
  if (address.find('@') == std::string::npos) address += '@' + qualify;
  return address;
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
  for (const auto& one : redirection_items(data)) {
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
    result.kind = Kind::addresses;
    result.addresses.push_back(redirection_address(text, qualify));
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
  constexpr auto npos = std::string_view::npos;
  auto end = behind_braces(data, 0);
  if (end == npos) return std::nullopt;
  const auto key = expand(to, data.substr(1, end - 2), scope);
  data = trim(data.substr(end));
  const auto open = data.find('{');
  if (open == npos || key.size() != 1) return std::nullopt;
  const auto type = parse_lookup_type(trim(data.substr(0, open)));
  const auto operand = key[0].text.operand();
  end = behind_braces(data, open);
  if (!type || !operand || operand->fixed || end == npos) return std::nullopt;
  const auto file = expand(to, data.substr(open + 1, end - open - 2), scope);
  const auto name = file.size() == 1 ? file[0].text.literal() : std::nullopt;
  if (!name) return std::nullopt;
  data = trim(data.substr(end));
  Value otherwise = {{to.builder.constant(true), Text{}}};
  if (data.starts_with('{')) {
    end = behind_braces(data, 0);
    if (end == npos) return std::nullopt;
    const auto yes = data.substr(1, end - 2);
    if (yes != "$value" && yes != "${value}") return std::nullopt;
    data = trim(data.substr(end));
    if (data.starts_with('{')) {
      end = behind_braces(data, 0);
      if (end == npos) return std::nullopt;
      otherwise = expand(to, data.substr(1, end - 2), scope);
      data = trim(data.substr(end));
    } else if (data == "fail") {
      data = {};
    }
  }
  if (!data.empty()) return std::nullopt;
  return RowData{*type, *name, operand->subject, std::move(otherwise)};
}

namespace {

using Template = policy::Transform::Template;

policy::Transform completed(Template form, const std::string& here) {
  const bool has_domain = std::any_of(form.pieces.begin(), form.pieces.end(), [](const auto& one) {
    return one.text.find('@') != std::string::npos ||
           (one.hole && one.hole->of == Template::Hole::Of::whole);
  });
  if (!has_domain) form.pieces.push_back({'@' + here, std::nullopt});
  policy::Transform transform;
  transform.rewritten = std::move(form);
  return transform;
}

bool is_local_part(const Piece& piece) {
  return piece.subject && piece.subject->field == Field::recipient &&
         piece.subject->part == Part::local && piece.subject->via.empty();
}

// Parts as they are, and text that is written down.
std::optional<Template> as_it_is(const Text& text) {
  Template form;
  for (const auto& piece : text.pieces) {
    Template::Piece made;
    if (is_plain(piece)) {
      made.text = piece.text;
    } else if (piece.subject && piece.subject->field == Field::recipient && !piece.change &&
               piece.subject->via.empty()) {
      const Template::Hole::Of of[] = {Template::Hole::Of::whole, Template::Hole::Of::local,
                                       Template::Hole::Of::domain};
      made.hole = Template::Hole{of[static_cast<std::size_t>(piece.subject->part)], 0};
    } else {
      return std::nullopt;
    }
    form.pieces.push_back(std::move(made));
  }
  return form;
}

// An expression for local parts, made one for addresses that captures the same: it ends at the
// last `@`. Only where it is anchored at its end, and looks neither ahead nor aside.
std::optional<patterns::Pattern> for_addresses(const patterns::Pattern& pattern) {
  std::string text = pattern.text();
  if (!text.ends_with('$') || text.ends_with("\\$")) return std::nullopt;
  text.pop_back();
  for (const std::string_view no : {"$", "(?", "\\z", "\\Z", "\\b", "\\B", "|", "\\Q"}) {
    if (text.find(no) != std::string::npos) return std::nullopt;
  }
  auto made = patterns::Pattern::compile(text + "@[^@]*$", patterns::Flavour::pcre, {});
  return made ? std::optional(*made) : std::nullopt;
}

// The expression in whose groups all captures of a text are, for addresses: none, if there are
// several or it cannot be made one.
std::optional<patterns::Pattern> capturing(const Text& text) {
  const Piece* first = nullptr;
  for (const auto& piece : text.pieces) {
    if (!piece.capture) continue;
    const bool same =
        first == nullptr || (first->capture->pattern.text() == piece.capture->pattern.text() &&
                             first->subject == piece.subject);
    if (!same) return std::nullopt;
    first = &piece;
  }
  if (first == nullptr) return std::nullopt;
  if (is_local_part(*first)) return for_addresses(first->capture->pattern);
  if (first->subject != policy::Subject{Field::recipient, Part::whole, {}}) return std::nullopt;
  return first->capture->pattern;
}

// `$1@$2` of what was captured in the local part, or in the address.
std::optional<Template> of_captures(Lowering& to, const Text& text) {
  using Hole = Template::Hole;
  const auto pattern = capturing(text);
  if (!pattern) return std::nullopt;
  Template form;
  for (const auto& piece : text.pieces) {
    if (is_plain(piece)) {
      form.pieces.push_back({piece.text, std::nullopt});
    } else if (piece.capture) {
      form.pieces.push_back({"", Hole{Hole::Of::capture, piece.capture->group}});
    } else {
      Text alone;
      alone.pieces = {piece};
      const auto part = as_it_is(alone);
      if (!part) return std::nullopt;
      form.pieces.push_back(part->pieces.front());
    }
  }
  form.pattern = to.builder.pattern(*pattern);
  return form;
}

bool is_one_plain_sign(std::string_view text) {
  return text.size() == 1 && std::string_view("%=+!#~-_/,:;").find(text) != std::string_view::npos;
}

// `${sg{$local_part}{%}{@}}`, where there is one such sign.
std::optional<Rewriting> of_one_sign(Lowering& to, const Text& text, const std::string& here) {
  if (text.pieces.size() != 1 || !text.pieces[0].substitution) return std::nullopt;
  const auto& piece = text.pieces[0];
  const auto& [sign, replacement] = *piece.substitution;
  if (!is_local_part(piece) || !is_one_plain_sign(sign) ||
      replacement.find_first_of("$\\") != std::string::npos) {
    return std::nullopt;
  }
  const std::string no = "[^" + std::string(sign == "-" ? "\\-" : sign) + ']';
  const auto once =
      patterns::Pattern::compile('^' + no + '*' + sign + no + "*\\z", patterns::Flavour::pcre, {});
  const auto parts = patterns::Pattern::compile("^(" + no + "*)" + sign + "(.*)@[^@]*$",
                                                patterns::Flavour::pcre, {});
  if (!once || !parts) return std::nullopt;
  Template form;
  using Hole = Template::Hole;
  form.pieces = {{"", Hole{Hole::Of::capture, 1}},
                 {replacement, std::nullopt},
                 {"", Hole{Hole::Of::capture, 2}}};
  form.pattern = to.builder.pattern(*parts);
  return Rewriting{to.builder.matches(*once, *piece.subject), completed(std::move(form), here)};
}

using Change = std::function<std::string(std::string_view)>;

// What a router took off before (prefix and suffix); nullopt: that is not known.
std::optional<std::vector<Change>> changes_of(const Lowering& of, const Piece& piece) {
  std::vector<Change> changes;
  for (const auto id : piece.subject->via) {
    const auto& transform = of.builder.policy().transforms.at(id);
    const auto found = transform.named ? of.changes.find(transform.named->name) : of.changes.end();
    if (found == of.changes.end()) return std::nullopt;
    changes.push_back(found->second);
  }
  return changes;
}

// The part of the address that a piece stands for, and what is done to it.
std::string computed_piece(const Piece& piece, const std::vector<Change>& before,
                           std::string_view address) {
  std::string text(address);
  for (const auto& change : before) text = change(text);
  const auto at = text.rfind('@');
  if (piece.subject->part == Part::local) text.resize(std::min(at, text.size()));
  if (piece.subject->part == Part::domain && at != std::string::npos) text.erase(0, at + 1);
  return piece.change ? piece.change(text) : text;
}

// Any other text made of the address.
std::optional<policy::Transform> computed(Lowering& to, const Text& text, const std::string& name,
                                          const std::string& here) {
  std::vector<std::vector<Change>> before;
  for (const auto& piece : text.pieces) {
    before.emplace_back();
    if (is_plain(piece)) continue;
    if (!piece.subject || piece.subject->field != Field::recipient) return std::nullopt;
    auto changes = changes_of(to, piece);
    if (!changes) return std::nullopt;
    before.back() = std::move(*changes);
  }
  to.changes[name] = [pieces = text.pieces, before, here](std::string_view address) {
    std::string result;
    for (std::size_t index = 0; index < pieces.size(); ++index) {
      const auto& piece = pieces[index];
      result += piece.subject ? computed_piece(piece, before[index], address) : piece.text;
    }
    return result.find('@') == std::string::npos ? result + '@' + here : result;
  };
  policy::Transform transform;
  transform.named = policy::Transform::Named{name, {}};
  return transform;
}

}  // namespace

std::vector<Rewriting> rewritings_of(Lowering& to, const Text& text, const std::string& name) {
  const std::string here = to.qualify_domain(true);
  const auto always = to.builder.constant(true);
  if (auto form = as_it_is(text)) return {{always, completed(std::move(*form), here)}};
  if (auto form = of_captures(to, text)) return {{always, completed(std::move(*form), here)}};
  auto other = computed(to, text, name, here);
  if (!other) return {};
  std::vector<Rewriting> found;
  auto rest = always;
  if (auto once = of_one_sign(to, text, here)) {
    rest = to.builder.negation(once->when);
    found.push_back(std::move(*once));
  }
  found.push_back({rest, std::move(*other)});
  return found;
}

}  // namespace relayproof::exim
