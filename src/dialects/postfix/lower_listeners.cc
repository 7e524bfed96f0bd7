#include "dialects/postfix/lower_listeners.h"

#include <algorithm>
#include <array>
#include <variant>

#include "base/text.h"
#include "dialects/postfix/lower_stages.h"
#include "dialects/postfix/restriction_networks.h"
#include "dialects/postfix/restriction_writer.h"
#include "dialects/postfix/runs.h"

namespace relayproof::postfix {
namespace {

using policy::Flag;

policy::OriginId origin_of(const ServiceLowering& service) {
  policy::Origin origin;
  origin.range = service.service.where;
  origin.text = service.service.id() + " " + service.service.command;
  origin.setting = service.service.id();
  origin.provenance = "master.cf";
  return service.builder().origin(origin);
}

policy::Listener listener_of(const ServiceLowering& service,
                             const std::optional<Refusal>& refusal) {
  policy::Listener listener;
  listener.name = service.service.id();
  listener.origin = origin_of(service);
  listener.runs = !refusal;
  if (refusal) listener.why_not = refusal->says;
  return listener;
}

// Whose certificates smtpd takes for trusted.
enum class Authorities { none, anybodys, perhaps };

// Where systems keep the authorities that sign for anybody.
constexpr std::array<std::string_view, 6> public_places{
    "/etc/ssl/certs",    "/etc/pki/tls/certs", "/usr/local/share/certs",
    "/etc/ssl/cert.pem", "/etc/pki/ca-trust",  "/usr/share/ca-certificates"};

bool is_public_place(std::string_view path) {
  const bool below =
      std::any_of(public_places.begin(), public_places.end(),
                  [&](std::string_view place) { return path.substr(0, place.size()) == place; });
  if (!below) return false;
  const auto file = path.substr(path.rfind('/') + 1);
  return file.find("ca-certificates") != std::string_view::npos ||
         file.find("ca-bundle") != std::string_view::npos || file == "cert.pem" ||
         file == "certs" || file.empty();
}

// More authorities than an owner would make for himself.
bool is_bundle(const FileSystem& files, const std::string& path) {
  const auto content = files.read(path);
  if (!content) return false;
  std::size_t count = 0;
  for (auto at = (*content)->find("BEGIN CERTIFICATE"); at != std::string::npos && count <= 20;
       at = (*content)->find("BEGIN CERTIFICATE", at + 1)) {
    ++count;
  }
  return count > 20;
}

Authorities authorities(const ServiceLowering& service) {
  if (service.is_on("tls_append_default_CA")) return Authorities::anybodys;
  const auto file = service.value("smtpd_tls_CAfile").text;
  const auto path = service.value("smtpd_tls_CApath").text;
  if (file.empty() && path.empty()) return Authorities::none;
  const auto& files = service.shared.shelf.files();
  if (is_public_place(file) || is_public_place(path) || (!file.empty() && is_bundle(files, file))) {
    return Authorities::anybodys;
  }
  return Authorities::perhaps;
}

bool asks_whether_trusted(const policy::Policy& policy) {
  return std::any_of(policy.conditions.begin(), policy.conditions.end(), [](const auto& condition) {
    const auto* flag = std::get_if<policy::IsSet>(&condition.is);
    return flag != nullptr && flag->flag == Flag::certificate_trusted;
  });
}

void add_certificates(const ServiceLowering& service, policy::Listener& listener) {
  if (!service.asks_for_certificate()) return;
  listener.strangers_can.push_back(Flag::certificate);
  if (!asks_whether_trusted(service.builder().policy())) return;
  const auto whose = authorities(service);
  if (whose == Authorities::anybodys) listener.strangers_can.push_back(Flag::certificate_trusted);
  if (whose != Authorities::perhaps) return;
  const auto value = service.value("smtpd_tls_CAfile");
  policy::Question question;
  question.name = "smtpd_tls_CAfile trusts an authority that signs for anybody";
  question.origin = service.builder().origin(value);
  question.says = "whose certificates the authorities in " +
                  (value.text.empty() ? service.value("smtpd_tls_CApath").text : value.text) +
                  " sign is not in the configuration";
  listener.doubts.push_back(
      {Flag::certificate_trusted, service.builder().question(std::move(question))});
}

}  // namespace

policy::Listener lower_smtpd(ServiceLowering& service, policy::ListId route) {
  auto listener = listener_of(service, what_stops_smtpd(service));
  listener.route = route;
  listener.tls_from_the_start = service.is_on("smtpd_tls_wrappermode");
  listener.stages = lower_stages(service);
  listener.only_defers = service.is_on("soft_bounce");
  if (service.offers_tls()) listener.strangers_can.push_back(Flag::tls);
  add_certificates(service, listener);
  return listener;
}

policy::Listener lower_qmqpd(ServiceLowering& service, policy::ListId route) {
  auto listener = listener_of(service, what_stops_service(service.shared.config, service.service));
  listener.route = route;
  listener.wants_first = "QMQP";
  const auto value = service.value("qmqpd_authorized_clients");
  const auto clients =
      lower_clients(service.builder(), service.shared.shelf, value, "qmqpd_authorized_clients");
  Scope scope;
  scope.moment = policy::Moment::connect;
  RestrictionWriter writer(service, scope, "qmqpd_authorized_clients");
  writer.begin(service.builder().origin(value), "qmqpd_authorized_clients", false);
  writer.lookup_error(clients.fails, "a pattern of the list is an error");
  writer.permit(clients.matches);
  writer.refuse(service.builder().constant(true), service.answer(550, ""));
  listener.stages.push_back({policy::Moment::connect, "qmqpd_authorized_clients", writer.finish()});
  return listener;
}

}  // namespace relayproof::postfix
