#include "dialects/sendmail/address_reading.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"

namespace relayproof::sendmail {
namespace {

constexpr int most_readings = 50;  // MAXRULERECURSION
constexpr std::string_view unreadable = "unreadable@unreadable.invalid";

// Places of a character that is in no quotes and behind no backslash.
template <class Wanted>
std::vector<std::size_t> places(std::string_view text, Wanted wanted) {
  std::vector<std::size_t> found;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && wanted(text[at])) {
      found.push_back(at);
    }
  }
  return found;
}

std::vector<std::size_t> places(std::string_view text, char wanted) {
  return places(text, [wanted](char c) { return c == wanted; });
}

bool has(std::string_view text, char wanted) { return !places(text, wanted).empty(); }

bool has_operator(std::string_view local, const AddressSettings& settings) {
  return !places(local, [&](char c) {
            return c == '@' || (c == '%' && settings.percent_hack) ||
                   (c == '!' && settings.bang_paths);
          }).empty();
}

// A quoted string by itself, which the map `dequote` takes the quotes off.
std::string dequoted(std::string_view local) {
  if (local.size() < 2 || local.front() != '"' || local.back() != '"') return std::string(local);
  if (places(local, [](char) { return true; }).empty()) {
    return std::string(local.substr(1, local.size() - 2));
  }
  return std::string(local);
}

// `@a,@b:user@c`: the route goes. An address in brackets may have colons.
std::string_view without_route(std::string_view text) {
  while (text.starts_with('@')) {
    const auto comma = text.find(',');
    const auto bracket = text.starts_with("@[") ? text.find(']') : 0;
    const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (comma != std::string_view::npos && comma < colon) {
      text.remove_prefix(comma + 1);
    } else if (colon != std::string_view::npos) {
      text.remove_prefix(colon + 1);
    } else {
      break;
    }
  }
  return text;
}

struct Parts {
  std::string local;
  std::string domain;
  bool has_domain = false;
};

// Rule set 3: where the domain is.
Parts focused(std::string_view text, const AddressSettings& settings) {
  const auto ats = places(text, '@');
  if (!ats.empty() && ats.back() > 0) {
    const auto at = ats.back();
    return {std::string(text.substr(0, at)), std::string(text.substr(at + 1)), true};
  }
  const auto bangs = settings.bang_paths ? places(text, '!') : std::vector<std::size_t>();
  if (!bangs.empty() && bangs.front() > 0 && bangs.front() + 1 < text.size()) {
    std::string host(text.substr(0, bangs.front()));
    if (!has(host, '.')) host += ".UUCP";
    return {std::string(text.substr(bangs.front() + 1)), std::move(host), true};
  }
  const auto percents = settings.percent_hack ? places(text, '%') : std::vector<std::size_t>();
  if (!percents.empty()) {
    const auto at = percents.back();
    return {std::string(text.substr(0, at)), std::string(text.substr(at + 1)), true};
  }
  return {std::string(text), {}, false};
}

// Canonify2: names for this host.
void name_host(Parts& parts, const AddressSettings& settings) {
  auto& domain = parts.domain;
  while (domain.size() > 1 && domain.ends_with('.')) domain.pop_back();
  const bool here =
      equals_ignoring_case(domain, "localhost") ||
      (!settings.domain.empty() && equals_ignoring_case(domain, "localhost." + settings.domain)) ||
      (domain.starts_with('[') && settings.is_local(domain));
  if (here) domain = settings.hostname;
  if (settings.renamed && !domain.starts_with('[')) domain = settings.renamed(domain);
}

// Without comments; what blanks or comments part is one word only if BlankSub makes it one.
// nullopt: a parenthesis is left over.
std::optional<std::string> without_comments(std::string_view text, char blank) {
  constexpr std::string_view no_word = ".:%@!^/[]+()<>,;\"";
  std::string out;
  int depth = 0;
  bool quoted = false;
  bool parted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool escaped = c == '\\' && at + 1 < text.size();
    if (!quoted && c == ')' && --depth < 0) return std::nullopt;
    if (!quoted && c == '(') ++depth;
    if (!quoted && (depth > 0 || c == ')' || c == ' ' || c == '\t')) {
      parted = true;
      if (escaped) ++at;
      continue;
    }
    if (parted && !out.empty() && no_word.find(out.back()) == std::string_view::npos &&
        no_word.find(c) == std::string_view::npos) {
      out += blank;
    }
    parted = false;
    if (c == '"') quoted = !quoted;
    out += c;
    if (escaped) out += text[++at];
  }
  return depth == 0 ? std::optional(out) : std::nullopt;
}

bool is_good_domain(std::string_view domain) {
  if (domain.starts_with('[')) return domain.find(']') == domain.size() - 1;
  return !domain.starts_with('.') && domain.find("..") == std::string_view::npos &&
         domain.find_first_of(":,;<>() \t\"\\") == std::string_view::npos &&
         domain.find('@') == std::string_view::npos;
}

}  // namespace

std::optional<std::string> canonical_address(std::string_view address,
                                             const AddressSettings& settings) {
  std::string text(address);
  for (int reading = 0; reading < most_readings; ++reading) {
    auto parts = focused(without_route(text), settings);
    name_host(parts, settings);
    if (parts.has_domain && parts.domain.empty()) {
      text = parts.local;
      continue;
    }
    if (parts.local.empty() || parts.local.find_first_of("<>") != std::string::npos) return {};
    if (parts.has_domain) {
      if (!is_good_domain(parts.domain) || has(parts.local, '@') || has(parts.local, ','))
        return {};
      if (!settings.is_local(parts.domain)) return parts.local + '@' + parts.domain;
    }
    auto local = dequoted(parts.local);
    if (local.empty()) return {};
    if (has_operator(local, settings)) {
      text = std::move(local);
      continue;
    }
    return parts.has_domain ? local + '@' + parts.domain : local;
  }
  return {};
}

std::optional<std::string> read_argument(std::string_view wire, bool is_sender,
                                         const AddressSettings& settings) {
  wire = trim(wire);
  std::string_view text = wire.substr(0, wire.find(' '));
  if (wire.starts_with('<')) {
    const auto ends = places(wire, '>');
    if (ends.empty()) return {};
    text = trim(wire.substr(1, ends.front() - 1));
    // The innermost brackets count.
    const auto begins = places(text, '<');
    if (!begins.empty()) text.remove_prefix(begins.back() + 1);
  }
  if (text.empty()) return is_sender ? std::optional(std::string()) : std::nullopt;
  const auto plain = without_comments(text, settings.blank);
  if (!plain || plain->empty() || has(*plain, ' ') || has(*plain, ';')) return {};
  return canonical_address(*plain, settings);
}

std::string innermost_address(std::string_view canonical, const AddressSettings& settings) {
  std::string text(canonical);
  for (int reading = 0; reading < most_readings; ++reading) {
    const auto parts = focused(text, settings);
    const auto local = dequoted(parts.local);
    if (!parts.has_domain || !has_operator(local, settings)) return text;
    if (!settings.is_relayed(parts.domain)) return text;
    auto inner = canonical_address(local, settings);
    if (!inner) return std::string(unreadable);
    text = *std::move(inner);
  }
  return std::string(unreadable);
}

policy::Addresses make_addresses(AddressSettings settings) {
  policy::Addresses addresses;
  addresses.read_sender = [settings](std::string_view wire) {
    return read_argument(wire, true, settings);
  };
  addresses.read_recipient = [settings](std::string_view wire) {
    return read_argument(wire, false, settings);
  };
  addresses.spell = [](std::string_view address) { return '<' + std::string(address) + '>'; };
  addresses.transform = [settings](std::string_view name, std::string_view address) {
    return name == innermost ? innermost_address(address, settings) : std::string(address);
  };
  return addresses;
}

}  // namespace relayproof::sendmail
