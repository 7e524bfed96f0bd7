#include "dialects/exim/addresses.h"

#include <cctype>
#include <optional>

#include "base/text.h"

namespace relayproof::exim {
namespace {

// EXIM_EMAILADDR_MAX.
constexpr std::size_t longest = 256;
constexpr int most_brackets = 5;

bool is_special(char c) {
  return static_cast<unsigned char>(c) < 32 || c == 127 ||
         std::string_view("()<>@,;:\\\".[] ").find(c) != std::string_view::npos;
}

// Reads what Exim's parser reads, a piece at a time. `failed` once and for all.
class Reader {
 public:
  Reader(std::string_view text, const AddressRules& rules) : text_(text), rules_(rules) {}

  bool failed = false;

  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (next() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool at_end() const { return at_ >= text_.size(); }

  void skip_comments() {
    while (at_ < text_.size()) {
      if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        ++at_;
      } else if (text_[at_] == '(') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  // As it is spelt, quotes and all. A missing one fails unless `may_be_missing`.
  std::string local_part(bool may_be_missing) {
    std::string local;
    for (;;) {
      const auto before = local.size();
      skip_comments();
      if (next() == '"') {
        if (!quoted(local)) return local;
      } else {
        while (at_ < text_.size() && (!is_special(text_[at_]) || text_[at_] == '\\')) {
          const char c = text_[at_++];
          local += c;
          if (c == '\\' && at_ < text_.size()) local += text_[at_++];
        }
      }
      skip_comments();
      if (local.size() == before && next() != '.') {
        if (local.empty() && !may_be_missing) failed = true;
        return local;
      }
      if (next() != '.') return local;
      while (take('.')) local += '.';
    }
  }

  std::string domain(bool in_message_id_form) {
    skip_comments();
    if (next() == '[') return literal(in_message_id_form);
    std::string domain;
    for (;;) {
      const auto before = domain.size();
      if (next() != '-') {
        while (std::isalnum(static_cast<unsigned char>(next())) != 0 || next() == '-') {
          domain += text_[at_++];
        }
      }
      skip_comments();
      if (domain.size() == before) {
        if (rules_.strip_trailing_dot && !domain.empty() && next() != '.') {
          domain.pop_back();
        } else {
          failed = true;
        }
        return domain;
      }
      if (!take('.')) return domain;
      domain += '.';
      skip_comments();
    }
  }

  // `@a,@b:` in front of the address.
  void route() {
    bool is_first = true;
    while (!failed && (is_first || next() == ',' || next() == '@')) {
      is_first = false;
      while (take(',')) skip_comments();
      if (!take('@')) break;
      domain(false);
      skip_comments();
    }
    if (!take(':')) failed = true;
    skip_comments();
  }

 private:
  void skip_comment() {
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '(') {
        ++depth;
      } else if (text_[at_] == ')' && --depth == 0) {
        ++at_;
        return;
      }
    }
  }

  bool quoted(std::string& local) {
    local += text_[at_++];
    while (at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_++];
      local += c;
      if (c == '\\' && at_ < text_.size()) local += text_[at_++];
    }
    if (take('"')) {
      local += '"';
      return true;
    }
    failed = true;
    return false;
  }

  std::string literal(bool any_character) {
    std::string domain(1, text_[at_++]);
    for (const std::string_view tag : {"IPv6:", "IPv4:"}) {
      if (!starts_with_ignoring_case(text_.substr(at_), tag)) continue;
      domain += text_.substr(at_, tag.size());
      at_ += tag.size();
      break;
    }
    const auto belongs = [&](char c) {
      if (any_character) return (c >= 33 && c <= 90) || (c >= 94 && c <= 126);
      return c == '.' || c == ':' || std::isxdigit(static_cast<unsigned char>(c)) != 0;
    };
    while (at_ < text_.size() && belongs(text_[at_])) domain += text_[at_++];
    if (take(']')) {
      domain += ']';
    } else {
      failed = true;
    }
    if (!rules_.allow_domain_literals && !any_character) failed = true;
    skip_comments();
    return domain;
  }

  std::string_view text_;
  const AddressRules& rules_;
  std::size_t at_ = 0;
};

std::optional<std::string> in_brackets(Reader& reader, bool may_be_empty,
                                       const AddressRules& rules) {
  reader.take('<');
  int brackets = 1;
  while (rules.strip_excess_angle_brackets && reader.take('<')) {
    if (++brackets > most_brackets + 1) return std::nullopt;
  }
  reader.skip_comments();
  bool routed = false;
  if (reader.next() == '@') {
    reader.route();
    routed = true;
  }
  std::string address;
  if (!(may_be_empty && !routed && reader.next() == '>')) {
    address = reader.local_part(false);
    if (reader.failed) return std::nullopt;
    if (reader.next() != '>') {
      if (!reader.take('@')) return std::nullopt;
      address += '@' + reader.domain(false);
    } else if (routed) {
      return std::nullopt;
    }
  }
  while (brackets-- > 0) {
    if (!reader.take('>')) return std::nullopt;
  }
  reader.skip_comments();
  return reader.failed ? std::nullopt : std::optional(address);
}

std::optional<std::string> without_brackets(Reader& reader, const std::string& local) {
  if (local.empty()) {
    reader.route();
    auto address = reader.local_part(false);
    if (reader.failed || !reader.take('@')) return std::nullopt;
    return address + '@' + reader.domain(false);
  }
  reader.take('@');
  return local + '@' + reader.domain(true);
}

// Where Exim takes quotes off (deliver_split_address): wherever they stand.
std::string unquoted(std::string_view local) {
  std::string result;
  for (std::size_t at = 0; at < local.size(); ++at) {
    if (local[at] == '"') continue;
    if (local[at] == '\\' && at + 1 < local.size()) ++at;
    result += local[at];
  }
  return result;
}

struct Parts {
  std::string local;
  std::string domain;
};

Parts parts_of(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos) return {to_lower(unquoted(address)), {}};
  return {to_lower(unquoted(address.substr(0, at))), to_lower(address.substr(at + 1))};
}

}  // namespace

std::optional<std::string> extract_address(std::string_view text, bool may_be_empty,
                                           const AddressRules& rules) {
  Reader reader(text, rules);
  reader.skip_comments();
  auto local = reader.local_part(true);
  if (reader.failed) return std::nullopt;
  std::optional<std::string> address;
  if (reader.next() == '@') {
    address = without_brackets(reader, local);
  } else if (reader.next() == '<') {
    address = in_brackets(reader, may_be_empty, rules);
  } else {
    // A phrase, and then an address in brackets; or a local part alone.
    if (reader.at_end() || reader.next() == ';') {
      if (local.empty()) return std::nullopt;
      address = local;
    }
    while (!address && reader.next() != '<' && !reader.at_end()) {
      reader.local_part(false);
      if (reader.failed) return std::nullopt;
    }
    if (!address) address = in_brackets(reader, may_be_empty, rules);
  }
  reader.skip_comments();
  if (!address || reader.failed || !reader.at_end() || address->size() > longest) {
    return std::nullopt;
  }
  return address;
}

std::optional<std::string> read_recipient(std::string_view text, const AddressRules& rules) {
  auto address = extract_address(text, false, rules);
  if (!address) return std::nullopt;
  if (address->rfind('@') == std::string::npos) {
    // RFC 5321 section 4.5.1: postmaster alone is taken.
    if (!equals_ignoring_case(*address, "postmaster")) return std::nullopt;
    *address += '@' + rules.qualify_recipient;
  }
  auto parts = parts_of(*address);
  while (rules.has_percent_hack && rules.has_percent_hack(parts.domain)) {
    const auto percent = parts.local.rfind('%');
    if (percent == std::string::npos) break;
    parts.domain = to_lower(parts.local.substr(percent + 1));
    parts.local.erase(percent);
  }
  return parts.local + '@' + parts.domain;
}

std::optional<std::string> read_sender(std::string_view text, const AddressRules& rules) {
  const auto address = extract_address(text, true, rules);
  if (!address) return address;
  if (address->empty()) return "<>";
  if (address->rfind('@') == std::string::npos) return std::nullopt;
  return address;
}

}  // namespace relayproof::exim
