#include "deployment/variables_parser.h"

#include <optional>

#include "base/text.h"

namespace relayproof::deployment {
namespace {

constexpr std::size_t deepest = 16;
constexpr std::size_t longest = std::size_t{1} << 16U;

bool is_first(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_next(char c) { return is_first(c) || (c >= '0' && c <= '9'); }

std::string_view name_at(std::string_view text) {
  if (text.empty() || !is_first(text.front())) return {};
  std::size_t length = 1;
  while (length < text.size() && is_next(text[length])) ++length;
  return text.substr(0, length);
}

// Without quotes, and without the comment behind a value that has none.
std::string value_of(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'')) {
    const auto end = text.find(text.front(), 1);
    if (end != std::string_view::npos) return std::string(text.substr(1, end - 1));
  }
  const auto comment = text.find(" #");
  return std::string(trim(text.substr(0, comment)));
}

class Reader {
 public:
  Reader(std::string_view text, const Variables& variables) : text_(text), variables_(variables) {}

  Result<Interpolated> read() {
    if (text_.size() > longest || !piece(false, 0) || at_ < text_.size()) {
      return failure("a $ begins no variable; write $$ for a dollar sign");
    }
    return Interpolated{std::move(out_), std::move(missing_)};
  }

 private:
  // Up to the closing brace where one is due. False: malformed.
  bool piece(bool inside, std::size_t depth) {
    while (at_ < text_.size() && out_.size() <= longest) {
      const char c = text_[at_];
      if (inside && c == '}') return true;
      ++at_;
      if (c != '$') {
        out_ += c;
      } else if (!variable(depth)) {
        return false;
      }
    }
    return !inside && out_.size() <= longest;
  }

  bool variable(std::size_t depth) {
    if (at_ < text_.size() && text_[at_] == '$') {
      out_ += '$';
      ++at_;
      return true;
    }
    const bool braces = at_ < text_.size() && text_[at_] == '{';
    if (braces) ++at_;
    const std::string name(name_at(text_.substr(at_)));
    if (name.empty() || depth >= deepest) return false;
    at_ += name.size();
    const auto found = variables_.find(name);
    const std::string* value = found == variables_.end() ? nullptr : &found->second;
    if (!braces) {
      put(name, value);
      return true;
    }
    return in_braces(name, value, depth);
  }

  bool in_braces(const std::string& name, const std::string* value, std::size_t depth) {
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '}') {
      ++at_;
      put(name, value);
      return true;
    }
    const bool colon = text_[at_] == ':';
    if (colon) ++at_;
    if (at_ >= text_.size()) return false;
    const char form = text_[at_++];
    const auto alternative = inner(depth);
    if (!alternative) return false;
    const bool is_set = value != nullptr && !(colon && value->empty());
    switch (form) {
      case '-':
        is_set ? put(name, value) : put(*alternative);
        return true;
      case '+':
        if (is_set) put(*alternative);
        return true;
      case '?':
        put(name, is_set ? value : nullptr);
        return true;
      default:
        return false;
    }
  }

  // What stands up to the closing brace; its variables count as missing only if it is used.
  std::optional<Interpolated> inner(std::size_t depth) {
    Interpolated part;
    std::swap(part.text, out_);
    std::swap(part.missing, missing_);
    const bool well = piece(true, depth + 1);
    std::swap(part.text, out_);
    std::swap(part.missing, missing_);
    if (!well) return std::nullopt;
    ++at_;
    return part;
  }

  void put(const Interpolated& part) {
    out_ += part.text;
    missing_.insert(missing_.end(), part.missing.begin(), part.missing.end());
  }

  void put(const std::string& name, const std::string* value) {
    if (value == nullptr) {
      missing_.push_back(name);
    } else {
      out_ += *value;
    }
  }

  std::string_view text_;
  const Variables& variables_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<std::string> missing_;
};

}  // namespace

Variables parse_variables(std::string_view text) {
  Variables variables;
  for (auto line : split(text, '\n')) {
    line = trim(line);
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto name = name_at(line);
    if (name.empty()) continue;
    const auto rest = trim(line.substr(name.size()));
    if (rest.empty() || rest.front() != '=') continue;
    variables[std::string(name)] = value_of(rest.substr(1));
  }
  return variables;
}

Result<Interpolated> interpolate(std::string_view text, const Variables& variables) {
  if (text.find('$') == std::string_view::npos) return Interpolated{std::string(text), {}};
  return Reader(text, variables).read();
}

}  // namespace relayproof::deployment
