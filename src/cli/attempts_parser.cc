#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/text.h"
#include "cli/attempts_file.h"

namespace relayproof::cli {
namespace {

using Json = nlohmann::json;
using policy::Attempt;

// What is wrong with a value, in words; nothing if it is right.
using Wrong = std::optional<std::string>;
using Take = std::function<Wrong(const Json&, Attempt&)>;

Wrong take_text(const Json& value, std::optional<std::string>& to) {
  if (value.is_null()) return to.reset(), std::nullopt;
  if (!value.is_string()) return "is no string";
  to = value.get<std::string>();
  return std::nullopt;
}

Wrong take_flag(const Json& value, bool& to) {
  if (!value.is_boolean()) return "is neither true nor false";
  to = value.get<bool>();
  return std::nullopt;
}

Wrong take_address(const Json& value, std::optional<mail::IpAddress>& to) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) to = mail::IpAddress::parse(value.get<std::string>());
  return to ? std::nullopt : Wrong("is no IP address");
}

Wrong take_path(const Json& value, std::string& to) {
  if (!value.is_string()) return "is no string";
  to = on_the_wire(value.get<std::string>());
  return std::nullopt;
}

Wrong take_client(const Json& value, Attempt& attempt) {
  std::optional<mail::IpAddress> client;
  if (auto wrong = take_address(value, client)) return wrong;
  if (!client) return "is no IP address";
  attempt.client = *client;
  return std::nullopt;
}

Wrong take_certificate(const Json& value, Attempt& attempt) {
  using Certificate = Attempt::Certificate;
  static const std::unordered_map<std::string, Certificate> kinds = {
      {"none", Certificate::none},
      {"self-signed", Certificate::self_signed},
      {"trusted", Certificate::trusted}};
  const auto found = value.is_string() ? kinds.find(value.get<std::string>()) : kinds.end();
  if (found == kinds.end()) return "is not one of none, self-signed, trusted";
  attempt.certificate = found->second;
  return std::nullopt;
}

Wrong take_port(const Json& value, Attempt& attempt) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() - 1 > 65534) return "is no port";
  attempt.port = value.get<std::uint16_t>();
  return std::nullopt;
}

Wrong take_after(const Json& value, Attempt& attempt) {
  if (!value.is_array()) return "is no list of addresses";
  for (const auto& element : value) {
    if (auto wrong = take_path(element, attempt.after.emplace_back())) return wrong;
  }
  return std::nullopt;
}

Wrong take_headers(const Json& value, Attempt& attempt) {
  if (!value.is_object()) return "is no object of header fields";
  for (const auto& [name, text] : value.items()) {
    if (!text.is_string()) return "has a field that is no string";
    attempt.headers.push_back(name + ": " + text.get<std::string>());
  }
  return std::nullopt;
}

const std::unordered_map<std::string, Take>& keys() {
  static const std::unordered_map<std::string, Take> table = {
      {"client", take_client},
      {"ptr", [](const Json& v, Attempt& to) { return take_text(v, to.reverse_name); }},
      {"ptr_confirmed", [](const Json& v, Attempt& to) { return take_flag(v, to.name_confirmed); }},
      {"helo", [](const Json& v, Attempt& to) { return take_text(v, to.helo); }},
      {"tls", [](const Json& v, Attempt& to) { return take_flag(v, to.tls); }},
      {"client_cert", take_certificate},
      {"auth", [](const Json& v, Attempt& to) { return take_text(v, to.user); }},
      {"port", take_port},
      {"server", [](const Json& v, Attempt& to) { return take_address(v, to.server); }},
      {"mail_from", [](const Json& v, Attempt& to) { return take_path(v, to.mail_from); }},
      {"rcpt_to", [](const Json& v, Attempt& to) { return take_path(v, to.rcpt_to); }},
      {"after", take_after},
      {"speaks_for", [](const Json& v, Attempt& to) { return take_address(v, to.speaks_for); }},
      {"headers", take_headers},
  };
  return table;
}

}  // namespace

std::string on_the_wire(const std::string& address) {
  const bool is_bare = address.find('<') == std::string::npos && !address.starts_with('@');
  return is_bare ? "<" + address + ">" : address;
}

Result<Attempt> parse_attempt(std::string_view line, const std::string& file, std::size_t number) {
  const SourceRange where{file, number, 1};
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return failure("this is no JSON object", where);
  Attempt attempt;
  for (const auto& [key, value] : object.items()) {
    const auto take = keys().find(key);
    if (take == keys().end()) {
      return failure(fmt::format("no attempt has a key '{}'", escape_foreign(key, 40)), where);
    }
    if (const auto wrong = take->second(value, attempt)) {
      return failure(fmt::format("{} {}", key, *wrong), where);
    }
  }
  for (const auto* key : {"client", "rcpt_to"}) {
    if (!object.contains(key)) return failure(fmt::format("{} is missing", key), where);
  }
  return attempt;
}

}  // namespace relayproof::cli
