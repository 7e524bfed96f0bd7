#include "support/address_readers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "base/text.h"

namespace relayproof::testing_support {
namespace {

constexpr std::size_t none = std::string::npos;

struct Mailbox {
  std::string local;
  std::string domain;  // empty: none was given
};

// The last @ that no quotes hold.
Mailbox split_address(const std::string& address) {
  std::size_t at = none;
  bool quoted = false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (address[i] == '\\') {
      ++i;
    } else if (address[i] == '"') {
      quoted = !quoted;
    } else if (address[i] == '@' && !quoted) {
      at = i;
    }
  }
  if (at == none) return {address, ""};
  return {address.substr(0, at), to_lower(address.substr(at + 1))};
}

bool is_home(std::string_view domain) {
  return domain.empty() || domain == "example.com" || domain == "mail.example.com" ||
         domain == "[192.0.2.25]";
}

bool ends_at_home(const std::string& address) {
  const auto box = split_address(address);
  return is_home(box.domain) &&
         (!box.domain.empty() || address.find('@') == none || address.front() == '"');
}

std::string unchanged(const std::string& address) { return address; }

std::string without(std::string text, std::string_view dropped) {
  std::erase_if(text, [&](char c) { return dropped.find(c) != none; });
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != none; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// The local part of an address at home, as an address of its own if it is one.
std::string inner(const std::string& address) {
  const auto at = address.rfind('@');
  if (at == none) return address;
  const auto local = address.substr(0, at);
  return is_home(to_lower(address.substr(at + 1))) && local.find('@') != none ? local : address;
}

std::string percent(const std::string& address) {
  auto box = split_address(address);
  const auto sign = box.local.rfind('%');
  if (sign == none || box.local.front() == '"') return address;
  return box.local.replace(sign, 1, "@");
}

std::string bang(const std::string& address) {
  const auto box = split_address(address);
  const auto sign = box.local.find('!');
  if (sign == none || box.local.front() == '"') return address;
  return box.local.substr(sign + 1) + "@" + box.local.substr(0, sign);
}

bool first_hop_is_ours(const std::string& address) {
  if (!address.starts_with('@')) return ends_at_home(address);
  return is_home(to_lower(address.substr(1, address.find_first_of(",:") - 1)));
}

std::string behind_the_route(const std::string& address) {
  const auto colon = address.find(':');
  return address.starts_with('@') && colon != none ? address.substr(colon + 1) : address;
}

std::string dequoted(const std::string& address) { return inner(without(address, "\"\\")); }

std::string first_at(const std::string& address) {
  return address.front() == '"' || address.find('\\') != none ? address : inner(address);
}

std::string to_nul(const std::string& address) { return address.substr(0, address.find('\0')); }

bool dot_ends_at_home(const std::string& address) {
  return address.ends_with('.') || ends_at_home(address);
}

std::string without_dot(std::string address) {
  if (address.ends_with('.')) address.pop_back();
  return address;
}

std::string without_comments(const std::string& address) {
  std::string text;
  int depth = 0;
  for (const char c : address) {
    if (c == '(') ++depth;
    if (depth == 0) text += c;
    if (c == ')' && depth > 0) --depth;
  }
  return text;
}

bool names_home_somewhere(const std::string& address) {
  return address.find("@mail.example.com)") != none || ends_at_home(address);
}

// A table of the domains that are not ours, in lower case.
bool is_not_written_as_foreign(const std::string& address) {
  const auto at = address.rfind('@');
  if (at == none) return true;
  const auto domain = address.substr(at + 1);
  const bool shouts = std::none_of(domain.begin(), domain.end(),
                                   [](unsigned char c) { return std::islower(c) != 0; });
  return ends_at_home(address) ||
         (shouts && domain.find_first_of("[0123456789") == none && !domain.empty());
}

bool is_ours_in_its_first_64(const std::string& address) {
  return ends_at_home(address.substr(0, 64));
}

std::string folded(const std::string& address) {
  auto text = replaced(address, "\xef\xbc\xa0", "@");
  text = replaced(text, "\xef\xbc\x85", "%");
  text = replaced(text, "\xef\xbc\x81", "!");
  return text == address ? address : inner(text);
}

std::string srs(const std::string& address) {
  const auto box = split_address(address);
  if (!to_lower(box.local).starts_with("srs0=")) return address;
  std::vector<std::string> fields;
  for (const auto field : split(box.local, '=')) fields.emplace_back(field);
  return fields.size() < 5 ? address : fields[4] + "@" + fields[3];
}

std::string decoded_word(const std::string& address) {
  const auto begin = address.find("?q?");
  const auto end = address.find("?=", begin == none ? 0 : begin + 3);
  if (!address.starts_with("=?") || begin == none || end == none) return address;
  return replaced(address.substr(begin + 3, end - begin - 3), "=40", "@");
}

std::string last_of_list(const std::string& address) {
  const auto text = dequoted(address);
  const auto comma = text.rfind(',');
  return comma == none ? address : inner(text.substr(comma + 1));
}

std::string without_null_domain(std::string address) {
  if (address.ends_with('@')) address.pop_back();
  return address;
}

bool ends_at_home_or_nowhere(const std::string& address) {
  return address.ends_with('@') || ends_at_home(address);
}

std::string taken_off_the_capsule(const std::string& address) {
  const auto box = split_address(address);
  if (!box.local.starts_with("IMCEASMTP-")) return address;
  return replaced(box.local.substr(10), "+40", "@");
}

const std::array<AddressReader, 15> readers{{
    {"percent", ends_at_home, percent},
    {"bang", ends_at_home, bang},
    {"route", first_hop_is_ours, behind_the_route},
    {"quotes", ends_at_home, dequoted},
    {"two ats", ends_at_home, first_at},
    {"NUL", ends_at_home, to_nul},
    {"trailing dot", dot_ends_at_home, without_dot},
    {"comments", names_home_somewhere, without_comments},
    {"case", is_not_written_as_foreign, unchanged},
    {"length", is_ours_in_its_first_64, unchanged},
    {"folding", ends_at_home, folded},
    {"SRS", ends_at_home, srs},
    {"encoded words", ends_at_home, decoded_word},
    {"lists", ends_at_home, last_of_list},
    {"null domain", ends_at_home_or_nowhere, without_null_domain},
}};

const AddressReader capsule{"capsules", ends_at_home, taken_off_the_capsule};

std::string bare(std::string_view argument) {
  const auto open = argument.find('<');
  const auto close = argument.rfind('>');
  if (open == none || close == none || close < open) return std::string(trim(argument));
  return std::string(argument.substr(open + 1, close - open - 1));
}

mail::Reply receive(const AddressReader& reader, const std::string& address) {
  if (address.empty() || !reader.is_ours(address)) return {554, {"5.7.1 Relay access denied"}};
  const auto box = split_address(reader.delivers(address));
  if (!is_home(box.domain)) return {250, {"2.1.5 Ok"}};
  const auto user = to_lower(box.local);
  if (user == "postmaster" || user == "alice") return {250, {"2.1.5 Ok"}};
  return {550, {"5.1.1 User unknown"}};
}

}  // namespace

AddressReader sound_reader() { return {"none", ends_at_home, unchanged}; }

std::span<const AddressReader> defective_readers() {
  static const std::vector<AddressReader> all = [] {
    std::vector<AddressReader> made(readers.begin(), readers.end());
    made.push_back(capsule);
    return made;
  }();
  return all;
}

smtp::Policy policy_of(const AddressReader& reader) {
  smtp::Policy policy;
  policy.hostname = "mail.example.com";
  policy.extensions = {"PIPELINING", "ENHANCEDSTATUSCODES"};
  policy.max_errors = 1000;
  policy.on_mail = [](const smtp::Transaction&, const smtp::Path&) -> mail::Reply {
    return {250, {"2.1.0 Ok"}};
  };
  policy.on_rcpt = [reader](const smtp::Transaction&, const smtp::Path& recipient) {
    return receive(reader, bare(recipient.argument));
  };
  return policy;
}

}  // namespace relayproof::testing_support
