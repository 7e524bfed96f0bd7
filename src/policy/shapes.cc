#include "policy/shapes.h"

#include <algorithm>

#include "base/text.h"
#include "policy/part.h"

namespace relayproof::policy {
namespace {

bool begins(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool ends(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         equals_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

std::size_t shortest(const TextShape& shape) {
  return shape.prefix.size() + shape.suffix.size() + shape.least;
}

bool has(const TextShape& shape, std::string_view text) {
  if (shape.fixed) return equals_ignoring_case(shape.prefix, text);
  return text.size() >= shortest(shape) && begins(text, shape.prefix) && ends(text, shape.suffix);
}

std::optional<TextShape> both(const TextShape& one, const TextShape& other, bool& wider) {
  if (one.fixed) return has(other, one.prefix) ? std::optional(one) : std::nullopt;
  if (other.fixed) return has(one, other.prefix) ? std::optional(other) : std::nullopt;
  const auto& prefix = one.prefix.size() >= other.prefix.size() ? one.prefix : other.prefix;
  const auto& suffix = one.suffix.size() >= other.suffix.size() ? one.suffix : other.suffix;
  if (!begins(prefix, one.prefix) || !begins(prefix, other.prefix)) return std::nullopt;
  if (!ends(suffix, one.suffix) || !ends(suffix, other.suffix)) return std::nullopt;
  TextShape result{false, prefix, suffix, 0};
  const std::size_t needed = std::max(shortest(one), shortest(other));
  const std::size_t taken = prefix.size() + suffix.size();
  // Texts in which the beginning and the end overlap are not described.
  if (needed < taken) wider = true;
  result.least = needed > taken ? needed - taken : 0;
  return result;
}

bool is_digits_and_dots(std::string_view text) {
  return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

Shape bare(TextShape text, bool wider = false) {
  return {false, std::move(text), TextShape::any(), wider};
}

Shape address(TextShape local, TextShape domain, bool wider = false) {
  return {true, std::move(local), std::move(domain), wider};
}

using Shapes = std::vector<Shape>;

// Makes the shapes of one key, for a text that is not divided into parts.
class Asking {
 public:
  Asking(std::string_view key, std::string_view delimiters)
      : key_(key),
        delimiters_(delimiters),
        at_(key.rfind('@')),
        local_(part_of(key, Part::local)),
        domain_(part_of(key, Part::domain)) {}

  Shapes whole() const {
    if (!has_at()) return {bare(TextShape::exactly(key_))};
    return {address(TextShape::exactly(local_), TextShape::exactly(domain_))};
  }
  Shapes domain() const {
    if (has_at()) return {};
    return {address(TextShape::any(), TextShape::exactly(key_))};
  }
  Shapes parents(bool dotted) const {
    if (has_at() || (dotted && !key_.starts_with('.'))) return {};
    const auto suffix = dotted ? std::string(key_) : '.' + std::string(key_);
    return {address(TextShape::any(), TextShape::ending(suffix), is_digits_and_dots(suffix))};
  }
  Shapes local(bool with_at) const {
    if (!with_at) return of_local(key_);
    return key_.ends_with('@') ? of_local(key_.substr(0, key_.size() - 1)) : Shapes{};
  }
  Shapes local_without_extension(bool with_at) const {
    if (with_at && !key_.ends_with('@')) return {};
    Shapes shapes;
    const auto local = with_at ? key_.substr(0, key_.size() - 1) : key_;
    for (const auto& beginning : extended(local)) {
      shapes.push_back(address(beginning, TextShape::any()));
      if (local.find('@') == std::string_view::npos) shapes.push_back(bare(beginning));
    }
    return shapes;
  }
  Shapes without_extension() const {
    Shapes shapes;
    for (const auto& beginning : extended(has_at() ? local_ : key_)) {
      shapes.push_back(has_at() ? address(beginning, TextShape::exactly(domain_))
                                : bare(beginning));
    }
    return shapes;
  }
  Shapes at_domain() const {
    if (at_ != 0) return {};
    return {address(TextShape::any(), TextShape::exactly(domain_))};
  }
  Shapes host_parents(bool dotted) const {
    if (dotted && !key_.starts_with('.')) return {};
    const auto dot = [&](std::string_view text) {
      return dotted ? std::string(text) : '.' + std::string(text);
    };
    if (has_at()) {
      return {address(TextShape::ending(dot(local_)), TextShape::exactly(domain_))};
    }
    const auto suffix = dot(key_);
    const bool numeric = is_digits_and_dots(suffix);
    return {bare(TextShape::ending(suffix), numeric),
            address(TextShape::any(), TextShape::ending(suffix), numeric),
            address(TextShape::any(), TextShape::exactly(suffix), numeric)};
  }

 private:
  bool has_at() const { return at_ != std::string_view::npos; }
  static Shapes of_local(std::string_view local) {
    Shapes shapes = {address(TextShape::exactly(local), TextShape::any())};
    if (local.find('@') == std::string_view::npos) {
      shapes.push_back(bare(TextShape::exactly(local)));
    }
    return shapes;
  }
  // The local parts that are `local` and an extension, by delimiter.
  std::vector<TextShape> extended(std::string_view local) const {
    std::vector<TextShape> beginnings;
    const bool has_extension = without_extension_of(local).size() != local.size();
    if (local.empty() || has_extension) return beginnings;
    for (const char delimiter : delimiters_) {
      beginnings.push_back(TextShape::beginning(std::string(local) + delimiter));
    }
    return beginnings;
  }
  std::string_view without_extension_of(std::string_view local) const {
    return policy::without_extension(local, delimiters_);
  }

  std::string_view key_;
  std::string_view delimiters_;
  std::size_t at_;
  std::string_view local_;
  std::string_view domain_;
};

Shapes asking(Key kind, std::string_view key, std::string_view delimiters) {
  const Asking asking(key, delimiters);
  switch (kind) {
    case Key::whole:
      return asking.whole();
    case Key::without_extension:
      return asking.without_extension();
    case Key::domain:
      return asking.domain();
    case Key::parents:
    case Key::dotted_parents:
      return asking.parents(kind == Key::dotted_parents);
    case Key::local_at:
    case Key::local:
      return asking.local(kind == Key::local_at);
    case Key::local_at_without_extension:
    case Key::local_without_extension:
      return asking.local_without_extension(kind == Key::local_at_without_extension);
    case Key::at_domain:
      return asking.at_domain();
    case Key::host_parents:
    case Key::dotted_host_parents:
      return asking.host_parents(kind == Key::dotted_host_parents);
  }
  return {};
}

// `local` and an @ and `domain` as one text.
TextShape joined(const TextShape& local, const TextShape& domain) {
  if (local.fixed && domain.fixed) return TextShape::exactly(local.prefix + '@' + domain.prefix);
  if (local.fixed) {
    return {false, local.prefix + '@' + domain.prefix, domain.suffix, domain.least};
  }
  if (domain.fixed) {
    return {false, local.prefix, local.suffix + '@' + domain.prefix, local.least};
  }
  return {false, local.prefix, domain.suffix, local.least + 1 + domain.least};
}

void add_with_local(Shapes& shapes, const Shape& text) {
  if (!text.addressed) {
    shapes.push_back(address(text.local, TextShape::any(), text.wider));
    shapes.push_back(text);
  } else {
    const bool wider = text.wider || (!text.local.fixed && !text.domain.fixed);
    shapes.push_back(address(joined(text.local, text.domain), TextShape::any(), wider));
  }
}

void add_with_domain(Shapes& shapes, const Shape& text) {
  if (text.addressed) return;  // no domain has an @
  shapes.push_back(address(TextShape::any(), text.local, text.wider));
  if (has(text.local, "")) shapes.push_back(bare(TextShape::any(), text.wider));
}

}  // namespace

std::string TextShape::with(std::string_view filling) const {
  return fixed ? prefix : (prefix + std::string(filling) + suffix);
}

std::optional<Shape> both(const Shape& one, const Shape& other) {
  if (one.addressed != other.addressed) return std::nullopt;
  Shape result{one.addressed, {}, {}, one.wider || other.wider};
  auto local = both(one.local, other.local, result.wider);
  auto domain = both(one.domain, other.domain, result.wider);
  if (!local || !domain) return std::nullopt;
  result.local = *std::move(local);
  result.domain = *std::move(domain);
  return result;
}

std::vector<Shape> shapes_asking(Key kind, std::string_view key, std::string_view delimiters,
                                 Part part) {
  auto texts = asking(kind, key, delimiters);
  if (part == Part::whole) return texts;
  Shapes shapes;
  for (const auto& text : texts) {
    part == Part::local ? add_with_local(shapes, text) : add_with_domain(shapes, text);
  }
  return shapes;
}

std::vector<Shape> shapes_without(Part part) {
  const Shape nothing = bare(TextShape::exactly(""));
  switch (part) {
    case Part::whole:
      return {nothing};
    case Part::local:
      return {nothing, address(TextShape::exactly(""), TextShape::any())};
    case Part::domain:
      return {bare(TextShape::any()), address(TextShape::any(), TextShape::exactly(""))};
  }
  return {};
}

}  // namespace relayproof::policy
