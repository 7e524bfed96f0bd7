#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/exchange/internet_mail_service.h"

namespace relayproof::exchange {
namespace {

constexpr std::string_view wanted_key = "\\msexchangeimc\\parameters]";
constexpr std::size_t most_lines = 100'000;

struct Value {
  std::string name;
  std::string data;
  SourceRange where;
};

std::string_view without_return(std::string_view line) {
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

// `(address AND mask) = net`: a mask with holes is no network, and here an error.
std::optional<mail::IpSet> net_of(std::string_view line) {
  const auto semicolon = line.find(';');
  const auto net = trim(line.substr(0, semicolon));
  if (semicolon == std::string_view::npos) return parse_range(net);
  return parse_range(std::string(net) + '(' + std::string(trim(line.substr(semicolon + 1))) + ')');
}

class Reader {
 public:
  explicit Reader(const ExportText& text) : text_(text) { to_.file = text.file(); }

  Result<InternetMailService> run() {
    const auto values = values_of_key();
    if (!values) return tl::unexpected(values.error());
    if (to_.key.line == 0) {
      return failure("no key MSExchangeIMC\\Parameters in this registry export", {to_.file, 0, 0});
    }
    for (const auto& value : *values) {
      const auto taken = take(value);
      if (!taken) return tl::unexpected(taken.error());
    }
    return std::move(to_);
  }

 private:
  Result<std::vector<Value>> values_of_key() {
    std::vector<Value> values;
    std::size_t offset = 0;
    bool inside = false;
    bool goes_on = false;
    for (const auto raw : split(text_.text(), '\n')) {
      const auto where = text_.place(offset);
      offset += raw.size() + 1;
      auto line = without_return(raw);
      if (line.starts_with('[') && !goes_on) {
        inside = to_lower(line).ends_with(wanted_key);
        if (inside) to_.key = where;
        continue;
      }
      if (!inside || line.empty()) continue;
      const bool breaks = line.ends_with('\\');
      if (breaks) line.remove_suffix(1);
      if (goes_on && !values.empty()) {
        values.back().data += trim(line);
      } else {
        const auto equals = line.find('=');
        if (!line.starts_with('"') || equals == std::string_view::npos || equals < 2) continue;
        values.push_back({to_lower(line.substr(1, equals - 2)),
                          std::string(trim(line.substr(equals + 1))), where});
      }
      if (values.size() > most_lines) return failure("too many values", where);
      goes_on = breaks;
    }
    return values;
  }

  Result<bool> take(const Value& value) {
    if (value.name == "relayflags") return take_flags(value);
    RegistryList* list = value.name == "relaydenylist"      ? &to_.denied
                         : value.name == "relayallowlist"   ? &to_.allowed
                         : value.name == "relaylocaliplist" ? &to_.reached
                                                            : nullptr;
    return list == nullptr ? Result<bool>(true) : take_list(value, *list);
  }

  Result<bool> take_flags(const Value& value) {
    std::string_view data = value.data;
    if (!starts_with_ignoring_case(data, "dword:")) {
      return failure("RelayFlags is no REG_DWORD", value.where);
    }
    data.remove_prefix(6);
    unsigned flags = 0;
    const auto [end, error] = std::from_chars(data.data(), data.data() + data.size(), flags, 16);
    if (error != std::errc{} || end != data.data() + data.size()) {
      return failure("RelayFlags is no number", value.where);
    }
    to_.relay_flags = flags;
    to_.flags_place = {value.where, "RelayFlags: " + std::to_string(flags)};
    return true;
  }

  // REG_MULTI_SZ is written as bytes: hex(7):31,00,... in UTF-16 by regedit 5, else in ANSI.
  Result<bool> take_list(const Value& value, RegistryList& to) {
    if (!starts_with_ignoring_case(value.data, "hex(7):")) {
      return failure("this value is no REG_MULTI_SZ", value.where);
    }
    std::string bytes;
    for (const auto piece : split(std::string_view(value.data).substr(7), ',')) {
      const auto digits = trim(piece);
      if (digits.empty()) continue;
      unsigned byte = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
      if (error != std::errc{} || end != digits.data() + digits.size() || byte > 0xFF) {
        return failure("not a list of bytes: `" + escape_foreign(digits, 20) + '`', value.where);
      }
      bytes += static_cast<char>(byte);
    }
    mail::IpSetBuilder addresses;
    for (const auto& line : lines_of(bytes)) {
      const auto net = net_of(line);
      if (!net)
        return failure("not a net and a mask: `" + escape_foreign(line, 60) + '`', value.where);
      addresses.add(*net);
      to.lines.push_back(line);
    }
    to.addresses = addresses.build();
    to.place = {value.where, excerpt(value.name + ": " + std::to_string(to.lines.size()) +
                                     (to.lines.size() == 1 ? " line" : " lines"))};
    return true;
  }

  // ASCII in two bytes each has nothing but zeros at the odd places.
  static std::vector<std::string> lines_of(const std::string& bytes) {
    const bool wide = bytes.size() >= 2 && bytes[1] == '\0';
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t i = 0; i < bytes.size(); i += wide ? 2 : 1) {
      if (bytes[i] != '\0') {
        line += bytes[i];
      } else if (!line.empty()) {
        lines.push_back(std::exchange(line, {}));
      }
    }
    if (!line.empty()) lines.push_back(line);
    return lines;
  }

  const ExportText& text_;
  InternetMailService to_;
};

}  // namespace

Result<InternetMailService> parse_registry(const ExportText& text) { return Reader(text).run(); }

}  // namespace relayproof::exchange
