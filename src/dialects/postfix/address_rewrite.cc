#include "dialects/postfix/address_rewrite.h"

#include <algorithm>
#include <iterator>

namespace relayproof::postfix {
namespace {

using Iterator = Tokens::iterator;

Token op(char operation) { return {Token::Kind::op, std::string(1, operation)}; }

Iterator find_first(Tokens& tokens, char operation) {
  return std::find_if(tokens.begin(), tokens.end(),
                      [operation](const Token& token) { return token.is(operation); });
}

Iterator find_last(Tokens& tokens, char operation) {
  const auto found = std::find_if(tokens.rbegin(), tokens.rend(),
                                  [operation](const Token& token) { return token.is(operation); });
  return found == tokens.rend() ? tokens.end() : std::prev(found.base());
}

void append(Tokens& address, char operation, std::string_view domain) {
  address.push_back(op(operation));
  auto tokens = scan_address(domain);
  std::move(tokens.begin(), tokens.end(), std::back_inserter(address));
}

void strip_source_route(Tokens& address) {
  if (!address.front().is('@')) return;
  const auto colon = find_first(address, ':');
  if (colon == address.end() || std::next(colon) == address.end()) return;
  address.erase(address.begin(), std::next(colon));
}

// site!user to user@site, at the first `!`.
void swap_bang(Tokens& address, Iterator bang) {
  Tokens swapped(std::next(bang), address.end());
  swapped.push_back(op('@'));
  std::move(address.begin(), bang, std::back_inserter(swapped));
  address = std::move(swapped);
}

void find_a_domain(Tokens& address, const AddressSettings& settings) {
  if (settings.swap_bangpath) {
    if (const auto bang = find_first(address, '!'); bang != address.end()) {
      swap_bang(address, bang);
      return;
    }
  }
  if (settings.allow_percent_hack) {
    if (const auto percent = find_last(address, '%'); percent != address.end()) {
      *percent = op('@');
      return;
    }
  }
  if (settings.append_at_myorigin && !settings.myorigin.empty()) {
    append(address, '@', settings.myorigin);
  }
}

// `user@host` lacks a dot. An address that ends in `@` is left as broken as it is.
bool lacks_dot(Tokens& address) {
  const auto at = find_last(address, '@');
  if (at == address.end() || std::next(at) == address.end()) return false;
  return std::none_of(at, address.end(), [](const Token& token) {
    return token.kind == Token::Kind::literal || token.is('.');
  });
}

void strip_last_dot(Tokens& address) {
  if (address.size() < 2 || !address.back().is('.')) return;
  const auto& before = address[address.size() - 2];
  if (!before.is('.') && !before.is('@')) address.pop_back();
}

}  // namespace

void rewrite_tokens(Tokens& address, const AddressSettings& settings) {
  if (address.empty()) return;
  if (address.size() == 1) {
    if (address[0].kind == Token::Kind::quoted && address[0].text.empty()) return;
    if (address[0].is('@')) {
      address = {{Token::Kind::quoted, ""}};
      return;
    }
  }
  strip_source_route(address);
  if (find_last(address, '@') == address.end()) find_a_domain(address, settings);
  if (settings.append_dot_mydomain && !settings.mydomain.empty() && lacks_dot(address)) {
    append(address, '.', settings.mydomain);
  }
  strip_last_dot(address);
}

std::string rewrite_address(std::string_view internal, const AddressSettings& settings) {
  return rewrite_external(quote_local(internal), settings);
}

std::string rewrite_external(std::string_view external, const AddressSettings& settings) {
  if (external.empty()) return {};
  auto tokens = scan_address(external);
  rewrite_tokens(tokens, settings);
  return unquote_local(external_form(tokens, Blanks::between_words), settings.version);
}

}  // namespace relayproof::postfix
