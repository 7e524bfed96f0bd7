#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/exchange/node.h"

namespace relayproof::exchange {
namespace {

using Json = nlohmann::json;

// Tells how far the parser has read, so that every value has its line.
class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Counting(const char* at, std::size_t* count) : at_(at), count_(count) {}
  reference operator*() const { return *at_; }
  Counting& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  Counting operator++(int) {
    auto old = *this;
    ++*this;
    return old;
  }
  bool operator==(const Counting& other) const { return at_ == other.at_; }
  bool operator!=(const Counting& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* count_;
};

class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(const ExportText& text, const std::size_t& read) : text_(text), read_(read) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add_text(value ? "True" : "False"); }
  bool number_integer(number_integer_t value) override { return add_text(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add_text(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return add_text(text); }
  bool string(string_t& text) override { return add_text(std::move(text)); }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& name) override {
    const auto length = name.size() + 2;
    const auto from = read_ >= length ? read_ - length : 0;
    keys_.push_back({std::move(name), text_.text()[from] == '"' ? from : read_});
    return true;
  }
  bool start_object(std::size_t) override { return open(Node::Kind::object); }
  bool start_array(std::size_t) override { return open(Node::Kind::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::string_view says = error.what();
    const bool ends = says.find("unexpected end of input") != std::string_view::npos ||
                      says.find("missing closing quote") != std::string_view::npos;
    const auto at = std::min(position == 0 ? 0 : position - 1, text_.text().size());
    problem = {ends ? "the JSON breaks off" : "this is no JSON", text_.place(at)};
    return false;
  }

  Node root;
  std::optional<Error> problem;

 private:
  struct Key {
    std::string name;
    std::size_t at;
  };

  bool add_text(std::string text) {
    Node node;
    node.kind = Node::Kind::text;
    node.text = std::move(text);
    return add(std::move(node));
  }

  bool open(Node::Kind kind) {
    if (open_.size() >= deepest_node) {
      problem = Error{"nested too deeply", text_.place(read_ - 1)};
      return false;
    }
    Node node;
    node.kind = kind;
    place(node);
    open_.push_back(std::move(node));
    return true;
  }

  bool close() {
    auto node = std::move(open_.back());
    open_.pop_back();
    attach(std::move(node));
    return true;
  }

  bool add(Node node) {
    place(node);
    attach(std::move(node));
    return true;
  }

  // A member stands where its name does, an element where it ends.
  void place(Node& node) {
    const bool is_member = !open_.empty() && open_.back().kind == Node::Kind::object;
    node.where = text_.place(is_member ? keys_.back().at : read_ - 1);
  }

  void attach(Node node) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    if (open_.back().kind == Node::Kind::object) {
      node.name = std::move(keys_.back().name);
      keys_.pop_back();
    }
    open_.back().items.push_back(std::move(node));
  }

  const ExportText& text_;
  const std::size_t& read_;
  std::vector<Node> open_;
  std::vector<Key> keys_;
};

}  // namespace

Result<Node> parse_json(const ExportText& text) {
  std::size_t read = 0;
  const auto& bytes = text.text();
  Builder builder(text, read);
  const bool good = Json::sax_parse(Counting(bytes.data(), &read),
                                    Counting(bytes.data() + bytes.size(), &read), &builder);
  if (builder.problem) return tl::unexpected(*builder.problem);
  if (!good) return failure("this is no JSON", text.place(read));
  return std::move(builder.root);
}

}  // namespace relayproof::exchange
