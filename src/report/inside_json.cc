#include "report/inside_json.h"

#include "report/foreign.h"

namespace relayproof::report {
namespace {

// Networks beyond these are not listed one by one; the number of addresses stays exact.
constexpr std::size_t most_networks = 4096;

InsideJson texts(const std::vector<std::string>& items) {
  InsideJson list = InsideJson::array();
  for (const auto& item : items) list.push_back(json_text(item));
  return list;
}

}  // namespace

InsideJson clients_json(const mail::IpSet& set) {
  InsideJson object = {{"ipv4", InsideJson::array()}, {"ipv6", InsideJson::array()}};
  std::size_t count = 0;
  for (const auto& network : set.prefixes()) {
    if (++count > most_networks) break;
    object[network.address.is_v6() ? "ipv6" : "ipv4"].push_back(network.address.to_string() + "/" +
                                                                std::to_string(network.prefix));
  }
  object["addresses"] = set.size_v4();
  object["addresses_ipv6"] = set.size_v6_text();
  object["complete"] = count <= most_networks;
  return object;
}

InsideJson attempt_json(const policy::Attempt& attempt) {
  InsideJson object = {
      {"client", attempt.client.to_string()},
      {"helo", attempt.helo ? InsideJson(json_text(*attempt.helo)) : InsideJson(nullptr)},
      {"mail_from", json_text(attempt.mail_from)},
      {"rcpt_to", json_text(attempt.rcpt_to)}};
  if (attempt.reverse_name) {
    object["ptr"] = json_text(*attempt.reverse_name);
    object["ptr_confirmed"] = attempt.name_confirmed;
  }
  if (attempt.tls) object["tls"] = true;
  if (attempt.certificate != policy::Attempt::Certificate::none) {
    object["client_cert"] =
        attempt.certificate == policy::Attempt::Certificate::trusted ? "trusted" : "self-signed";
  }
  if (attempt.user) object["auth"] = json_text(*attempt.user);
  if (attempt.speaks_for) object["speaks_for"] = attempt.speaks_for->to_string();
  if (attempt.port != 25) object["port"] = attempt.port;
  if (!attempt.after.empty()) object["after"] = texts(attempt.after);
  if (!attempt.headers.empty()) {
    object["headers"] = InsideJson::object();
    for (const auto& line : attempt.headers) {
      const auto colon = line.find(": ");
      object["headers"][json_text(line.substr(0, colon))] =
          colon == std::string::npos ? "" : json_text(line.substr(colon + 2));
    }
  }
  return object;
}

}  // namespace relayproof::report
