#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/exchange/node.h"

namespace relayproof::exchange {
namespace {

// [MS-PSRP] 2.2.5: how PowerShell serialises objects.
constexpr std::array<std::string_view, 4> list_elements = {"LST", "IE", "QUE", "STK"};
constexpr std::array<std::string_view, 2> property_elements = {"Props", "MS"};
constexpr std::array<std::string_view, 4> silent_elements = {"TN", "TNRef", "ToString", "BA"};

// An object that is met again is only referred to. What is long is not copied.
constexpr std::size_t longest_copy = 64;
constexpr std::size_t longest_text = 256;
constexpr std::size_t most_copies = 10'000;

template <std::size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// `_x000A_` is a line feed, `_x005F_` an underscore. What is no ASCII stays as it is.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto code = text.substr(at, 7);
    int value = -1;
    if (code.size() == 7 && code.starts_with("_x00") && code[6] == '_' && hex_digit(code[4]) >= 0 &&
        hex_digit(code[5]) >= 0) {
      value = hex_digit(code[4]) * 16 + hex_digit(code[5]);
    }
    if (value < 0 || value >= 0x80) {
      plain += text[at];
    } else {
      plain += static_cast<char>(value);
      at += 6;
    }
  }
  return plain;
}

class Reader {
 public:
  explicit Reader(const ExportText& text) : text_(text) {}

  Result<Node> run() {
    pugi::xml_document document;
    const auto& bytes = text_.text();
    const auto parsed =
        document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed) {
      const auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0));
      return failure("this is no XML: " + to_lower(parsed.description()), text_.place(at));
    }
    const auto root = document.document_element();
    if (std::string_view(root.name()) != "Objs") {
      return failure("this XML is no CLIXML: its first element is not Objs", place(root));
    }
    Node all;
    all.kind = Node::Kind::list;
    all.where = place(root);
    for (const auto child : root.children()) all.items.push_back(node(child, 1));
    if (too_deep_) return failure("nested too deeply", *too_deep_);
    return all;
  }

 private:
  SourceRange place(const pugi::xml_node& of) const {
    return text_.place(static_cast<std::size_t>(std::max<std::ptrdiff_t>(of.offset_debug(), 0)));
  }

  Node node(const pugi::xml_node& of, std::size_t depth) {
    const std::string_view name = of.name();
    Node made;
    made.where = place(of);
    if (depth > deepest_node) {
      if (!too_deep_) too_deep_ = made.where;
    } else if (name == "Obj") {
      object(of, depth, made);
    } else if (name == "Ref") {
      refer(of, made);
    } else if (name == "Nil") {
      return made;
    } else {
      made.kind = Node::Kind::text;
      made.text = unescaped(of.text().get());
      if (name == "B") made.text = equals_ignoring_case(made.text, "true") ? "True" : "False";
    }
    return made;
  }

  void object(const pugi::xml_node& of, std::size_t depth, Node& made) {
    made.kind = Node::Kind::object;
    made.text = unescaped(of.child("ToString").text().get());
    for (const auto child : of.children()) {
      const std::string_view name = child.name();
      if (is_one_of(name, list_elements)) {
        made.kind = Node::Kind::list;
        for (const auto item : child.children()) made.items.push_back(node(item, depth + 1));
      } else if (is_one_of(name, property_elements)) {
        properties(child, depth, made);
      } else if (name == "DCT") {
        dictionary(child, depth, made);
      } else if (!is_one_of(name, silent_elements) && made.text.empty()) {
        made.text = unescaped(child.text().get());  // the number of an enumeration
      }
    }
    if (made.kind == Node::Kind::list) {
      made.text.clear();
      // The properties of the list itself.
      std::erase_if(made.items, [](const Node& item) { return !item.name.empty(); });
    }
    remember(of, made);
  }

  void properties(const pugi::xml_node& of, std::size_t depth, Node& made) {
    for (const auto child : of.children()) {
      auto member = node(child, depth + 1);
      member.name = unescaped(child.attribute("N").value());
      made.items.push_back(std::move(member));
    }
  }

  void dictionary(const pugi::xml_node& of, std::size_t depth, Node& made) {
    for (const auto entry : of.children("En")) {
      std::string key;
      for (const auto part : entry.children()) {
        if (std::string_view(part.attribute("N").value()) == "Key") {
          key = unescaped(part.text().get());
          continue;
        }
        made.items.push_back(node(part, depth + 1));
        made.items.back().name = key;
      }
    }
  }

  void remember(const pugi::xml_node& of, const Node& made) {
    const std::string id = of.attribute("RefId").value();
    if (id.empty()) return;
    Node known;
    known.kind = made.kind;
    known.is_incomplete = made.kind == Node::Kind::object && made.text.empty();
    const bool is_list = made.kind == Node::Kind::list;
    if (is_list && made.items.size() > longest_copy) known.is_incomplete = true;
    const auto copy = [&](std::string text) {
      if (text.size() > longest_text) known.is_incomplete = true;
      return known.is_incomplete ? std::string() : std::move(text);
    };
    known.text = copy(made.text);
    for (std::size_t i = 0; is_list && i < made.items.size() && !known.is_incomplete; ++i) {
      Node one;
      one.kind = Node::Kind::text;
      one.text = copy(text_of(made.items[i]));
      known.items.push_back(std::move(one));
    }
    known_[id] = std::move(known);
  }

  void refer(const pugi::xml_node& of, Node& made) {
    const auto found = known_.find(std::string_view(of.attribute("RefId").value()));
    if (found == known_.end() || ++copies_ > most_copies) {
      made.is_incomplete = true;
      return;
    }
    auto where = std::move(made.where);
    made = found->second;
    made.where = std::move(where);
  }

  const ExportText& text_;
  std::map<std::string, Node, std::less<>> known_;
  std::size_t copies_ = 0;
  std::optional<SourceRange> too_deep_;
};

}  // namespace

Result<Node> parse_clixml(const ExportText& text) { return Reader(text).run(); }

}  // namespace relayproof::exchange
