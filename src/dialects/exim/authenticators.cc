#include "dialects/exim/authenticators.h"

#include "base/text.h"
#include "dialects/exim/expand.h"

namespace relayproof::exim {
namespace {

// The condition of a plaintext authenticator is the whole of what is asked for; of others it is
// asked beside a secret.
bool condition_is_all(const Instance& authenticator) {
  const auto driver = authenticator.value("driver");
  return driver == "plaintext" || driver == "external" || driver == "tls";
}

std::optional<bool> always(Lowering& to, const Instance& authenticator, std::string_view option) {
  const auto* found = authenticator.find(option);
  if (found == nullptr) return std::nullopt;
  Scope scope;
  scope.line = found->line;
  scope.has_sender = false;
  const auto value = expand(to, found->value, scope);
  for (const auto& one : value) {
    if (!one.text.literal()) return std::nullopt;
  }
  const auto id = is_true(to, value, found->line.text, scope, false);
  return to.builder.constant_value(id);
}

bool admits(Lowering& to, const Instance& authenticator) {
  if (!condition_is_all(authenticator)) return false;
  if (always(to, authenticator, "server_advertise_condition") == std::optional(false)) {
    return false;
  }
  return always(to, authenticator, "server_condition") == std::optional(true);
}

}  // namespace

const Instance* admits_anybody(Lowering& to) {
  for (const auto& authenticator : to.config.authenticators) {
    if (admits(to, authenticator)) return &authenticator;
  }
  return nullptr;
}

Logins who_can_log_in(Lowering& to, std::uint16_t) {
  Logins logins;
  const auto advertised = to.config.value("auth_advertise_hosts", "*");
  if (trim(advertised).empty()) return logins;
  const auto* open = admits_anybody(to);
  if (open == nullptr) return logins;
  // Whoever shows a certificate: which one is asked for is the owner's to say.
  if (open->value("driver") == "plaintext") {
    logins.anybody = true;
    return logins;
  }
  policy::Question question;
  question.name = "authenticator " + open->name + " admits any certificate";
  question.says = "hangs on the certificates that are asked for";
  question.origin = to.origin(open->line, open->name);
  logins.question = to.builder.question(std::move(question));
  return logins;
}

}  // namespace relayproof::exim
