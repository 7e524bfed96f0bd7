#include "dialects/postfix/address_resolve.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "dialects/postfix/address_rewrite.h"
#include "mail/address.h"

namespace relayproof::postfix {
namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_literal = 45;  // INET6_ADDRSTRLEN without its zero

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_valid_label(std::string_view label) {
  if (label.empty() || label.size() > longest_label) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

bool is_valid_hostname(std::string_view name) {
  if (name.empty() || name.size() > longest_name) return false;
  const auto labels = split(name, '.');
  if (!std::all_of(labels.begin(), labels.end(), is_valid_label)) return false;
  return !std::all_of(name.begin(), name.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// `[192.0.2.1]`, `[IPv6:...]`.
std::optional<mail::IpAddress> address_of_literal(std::string_view domain) {
  if (domain.size() < 2 || !domain.starts_with('[')) return std::nullopt;
  if (domain.find(']') != domain.size() - 1) return std::nullopt;
  if (domain.size() - 2 > longest_literal) return std::nullopt;
  return mail::literal_address(domain);
}

bool is_own(const mail::IpAddress& address, const AddressSettings& settings) {
  const auto& own = settings.own_addresses;
  return std::find(own.begin(), own.end(), address) != own.end();
}

// One resolution. The address is a list of tokens; the domain stripped off last is kept, since it
// is the recipient's if nothing routes on.
class Resolver {
 public:
  Resolver(std::string_view rewritten, const AddressSettings& settings)
      : settings_(settings),
        tokens_(scan_address(quote_local(rewritten))),
        rounds_left_(rewritten.size() + 100) {}

  Resolved resolve() {
    bool going_on = true;
    while (going_on && rounds_left_-- > 0) going_on = step();
    if (going_on) return {internal_form(tokens_, Blanks::between_words), true};
    complete();
    return finish();
  }

 private:
  // False where nothing is left to be done.
  bool step() {
    strip_end();
    if (!strip_own_domain()) {
      leads_elsewhere_ = true;
      return false;
    }
    if (routes_on()) {
      rewrite_tokens(tokens_, settings_);
      return true;
    }
    if (crack_quotes()) return true;
    return stand_in_for_nobody();
  }

  // A dot and, if asked for, an `@` at the end.
  void strip_end() {
    if (tokens_.size() > 1 && tokens_.back().is('.') && last('@') != tokens_.end()) {
      const auto& before = tokens_[tokens_.size() - 2];
      if (!before.is('.') && !before.is('@')) tokens_.pop_back();
    }
    if (settings_.resolve_null_domain && !tokens_.empty() && tokens_.back().is('@')) {
      tokens_.pop_back();
    }
  }

  // False if there is a domain that is not this host's.
  bool strip_own_domain() {
    const auto at = last('@');
    if (at == tokens_.end()) return true;
    const Tokens domain(std::next(at), tokens_.end());
    if (!domain.empty() &&
        !is_own_domain(internal_form(domain, Blanks::between_words), settings_)) {
      return false;
    }
    saved_domain_.assign(at, tokens_.end());
    tokens_.erase(at, tokens_.end());
    return true;
  }

  bool routes_on() {
    return last('@') != tokens_.end() || (settings_.swap_bangpath && last('!') != tokens_.end()) ||
           (settings_.allow_percent_hack && last('%') != tokens_.end());
  }

  // A quoted local part with routing inside is taken without its quotes.
  bool crack_quotes() {
    if (!settings_.resolve_dequoted_address) return false;
    if (tokens_.size() != 1 || tokens_[0].kind != Token::Kind::quoted) return false;
    std::string local = tokens_[0].text;
    const auto where = routing_in(local);
    if (where == std::string::npos) return false;
    if (local[where] == '%') local[where] = '@';
    tokens_ = scan_address(local[where] == '@' ? quote_local(local) : local);
    rewrite_tokens(tokens_, settings_);
    return true;
  }

  std::size_t routing_in(std::string_view local) const {
    if (const auto at = local.rfind('@'); at != std::string_view::npos) return at;
    if (settings_.allow_percent_hack) {
      if (const auto at = local.rfind('%'); at != std::string_view::npos) return at;
    }
    return settings_.swap_bangpath ? local.rfind('!') : std::string_view::npos;
  }

  // The empty address is somebody's; an address without a domain is this host's. True if that has
  // to be resolved in its turn (from 2.11 on).
  bool stand_in_for_nobody() {
    const bool resolves_again = settings_.version >= Version{2, 11};
    if (tokens_.size() == 1 && tokens_[0].kind == Token::Kind::quoted && tokens_[0].text.empty()) {
      tokens_.clear();
    }
    if (tokens_.empty()) {
      tokens_ = scan_address(settings_.empty_address_recipient);
      return resolves_again && !tokens_.empty();
    }
    if (resolves_again && saved_domain_.empty()) {
      append_own_name();
      return true;
    }
    return false;
  }

  void append_own_name() {
    tokens_.push_back({Token::Kind::op, "@"});
    auto name = scan_address(settings_.myhostname);
    std::move(name.begin(), name.end(), std::back_inserter(tokens_));
  }

  void complete() {
    if (leads_elsewhere_) return;
    if (saved_domain_.empty()) {
      append_own_name();
    } else {
      std::move(saved_domain_.begin(), saved_domain_.end(), std::back_inserter(tokens_));
    }
  }

  Resolved finish() {
    Resolved resolved{internal_form(tokens_, Blanks::between_words), false};
    const auto at = resolved.address.rfind('@');
    if (at == std::string::npos) return {std::move(resolved.address), true};
    std::string domain = resolved.address.substr(at + 1);
    if (settings_.resolve_numeric_domain && mail::IpAddress::parse(domain)) {
      domain = "[" + domain + "]";
    }
    if (const auto literal = address_of_literal(domain); literal && is_own(*literal, settings_)) {
      domain = literal_of(*literal);
    }
    resolved.address.replace(at + 1, std::string::npos, domain);
    const bool looks_like_option = !settings_.allow_min_user && resolved.address.front() == '-';
    resolved.malformed = looks_like_option || !is_valid_domain(domain, settings_);
    return resolved;
  }

  Tokens::iterator last(char operation) {
    const auto found =
        std::find_if(tokens_.rbegin(), tokens_.rend(),
                     [operation](const Token& token) { return token.is(operation); });
    return found == tokens_.rend() ? tokens_.end() : std::prev(found.base());
  }

  const AddressSettings& settings_;
  Tokens tokens_;
  Tokens saved_domain_;  // with its `@`
  std::size_t rounds_left_;
  bool leads_elsewhere_ = false;
};

}  // namespace

Resolved resolve_address(std::string_view rewritten, const AddressSettings& settings) {
  return Resolver(rewritten, settings).resolve();
}

bool is_own_domain(std::string_view domain, const AddressSettings& settings) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty() || domain.ends_with('.')) return false;
  if (settings.is_listed_as_local && settings.is_listed_as_local(domain)) return true;
  const auto literal = address_of_literal(domain);
  return literal && is_own(*literal, settings);
}

std::string literal_of(const mail::IpAddress& address) {
  const std::string_view tag = address.family() == mail::Family::ipv6 ? "[IPv6:" : "[";
  return std::string(tag).append(address.to_string()).append("]");
}

bool is_valid_domain(std::string_view domain, const AddressSettings& settings) {
  if (domain.starts_with('[')) return address_of_literal(domain).has_value();
  if (!is_ascii(domain)) return settings.smtputf8_enable && settings.version >= Version{3, 0};
  return is_valid_hostname(domain);
}

}  // namespace relayproof::postfix
