#include "dialects/exim/authenticators.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

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

// Names and passwords that a stranger can say without knowing any.
constexpr auto guesses = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"stranger", "stranger"}, {"stranger@example.net", "guess"}, {"", ""}});

// What the option's value is if a stranger says this, whatever else is the case.
std::optional<bool> always(Lowering& to, const Instance& authenticator, std::string_view option,
                           std::pair<std::string_view, std::string_view> said) {
  const auto* found = authenticator.find(option);
  if (found == nullptr) return std::nullopt;
  Scope scope;
  scope.line = found->line;
  scope.has_sender = false;
  // PLAIN sends three texts, LOGIN two.
  const bool two = contains_ignoring_case(authenticator.value("public_name"), "login");
  const std::string name(said.first);
  const std::string password(said.second);
  for (const auto* prefix : {"auth", ""}) {
    const std::string start(prefix);
    scope.given[start + '1'] = two ? name : std::string();
    scope.given[start + '2'] = two ? password : name;
    scope.given[start + '3'] = two ? std::string() : password;
  }
  const auto value = expand(to, found->value, scope);
  for (const auto& one : value) {
    if (!one.text.literal()) return std::nullopt;
  }
  const auto id = is_true(to, value, found->line.text, scope, false);
  return to.builder.constant_value(id);
}

bool admits(Lowering& to, const Instance& authenticator) {
  if (!condition_is_all(authenticator)) return false;
  return std::any_of(guesses.begin(), guesses.end(), [&](const auto& said) {
    return always(to, authenticator, "server_advertise_condition", said) != std::optional(false) &&
           always(to, authenticator, "server_condition", said) == std::optional(true);
  });
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
