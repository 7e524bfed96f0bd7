#include "dialects/sendmail/rule_session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_reader.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

bool is_special(std::string_view mailer) {
  return mailer == "prog" || mailer == "*file*" || mailer == "*include*";
}

// What ends at the first blank outside of quotes and angle brackets, as the checks get it.
std::string_view address_part(const Tokenizer& tokenizer, std::string_view text) {
  const auto cut = tokenizer.cut(text, {Scan::address, ' ', false});
  return text.substr(0, std::min(cut.end, text.size()));
}

}  // namespace

std::string address_text(const Cf& cf, std::string_view address) {
  const CfOption* option = cf.option("UseCompressedIPv6Addresses");
  const bool compressed = option != nullptr && !option->value.empty() &&
                          std::string_view("tTyY").find(option->value[0]) != std::string_view::npos;
  const std::string literal = address_literal(address, compressed);
  return literal.substr(1, literal.size() - 2);
}

RuleSession::RuleSession(const Cf& cf, const Maps& maps, const RuleAttempt& attempt,
                         const LocalNames* names, AskHidden ask)
    : cf_(cf), attempt_(attempt), names_(names), rewriter_(cf, maps, std::move(ask)) {
  greet();
}

// The macros that are set before the first rule set runs.
void RuleSession::greet() {
  const std::string address = address_text(cf_, attempt_.client);
  const std::string literal = "[" + address + "]";
  const bool has_name = attempt_.name_is != ClientName::none;
  const bool confirmed = attempt_.name_is == ClientName::confirmed;
  constexpr std::array<std::string_view, 3> resolves = {"FAIL", "FORGED", "OK"};
  const CfOption* mode = cf_.option("DeliveryMode");
  const std::vector<std::pair<std::string_view, std::string>> macros = {
      {"client_addr", address},
      {"client_name", confirmed ? attempt_.client_name : literal},
      {"client_ptr", has_name ? attempt_.client_name : literal},
      {"client_resolve", std::string(resolves.at(static_cast<std::size_t>(attempt_.name_is)))},
      {"client_port", "32768"},
      {"client_rate", "1"},
      {"client_connections", "1"},
      {"total_rate", "1"},
      {"verify", attempt_.verify},
      {"cert_issuer", attempt_.cert_issuer},
      {"cert_subject", attempt_.cert_subject},
      {"daemon_flags", attempt_.daemon_flags},
      {"daemon_name", attempt_.daemon_name},
      {"if_addr", address_text(cf_, attempt_.server_address)},
      {"deliveryMode", mode == nullptr || mode->value.empty() ? "b" : mode->value.substr(0, 1)},
      {"opMode", "d"},
      {"ntries", "0"},
      {"nrcpts", "0"},
      {"nbadrcpts", "0"},
      {"r", attempt_.tls ? "ESMTPS" : "ESMTP"},
      {"s", attempt_.helo.value_or(confirmed ? attempt_.client_name : literal)}};
  for (const auto& [name, value] : macros) rewriter_.set(name, value);
  if (attempt_.login) rewriter_.set("auth_authen", *attempt_.login);
  if (attempt_.mechanism) rewriter_.set("auth_type", *attempt_.mechanism);
  if (attempt_.tls) rewriter_.set("tls_version", "TLSv1.3");
  if (attempt_.tls) rewriter_.set("cipher_bits", "256");
  for (const auto& [name, value] : attempt_.macros) rewriter_.set(name, value);
}

SourceRange RuleSession::last_rule() const {
  const auto& steps = rewriter_.steps();
  const auto found = std::find_if(steps.rbegin(), steps.rend(), [](const RunStep& step) {
    return step.kind == RunStep::Kind::rule;
  });
  return found == steps.rend() ? SourceRange{} : found->where;
}

RuleOutcome RuleSession::refusal(RuleStage stage, RuleReply reply) const {
  RuleOutcome outcome;
  outcome.kind = RuleOutcome::Kind::refused;
  outcome.stage = stage;
  outcome.reply = std::move(reply);
  outcome.where = last_rule();
  return outcome;
}

std::optional<RuleOutcome> RuleSession::check(std::string_view set, std::string_view text,
                                              std::optional<std::string_view> second,
                                              RuleStage stage) {
  if (cf_.rule_set(set) == nullptr) return std::nullopt;
  std::string input(text);
  if (second) input += op::otherwise + std::string(*second);
  Tokens tokens = rewriter_.tokenizer().cut(input, {Scan::rule, '\0', false}).tokens;
  if (tokens.empty()) return std::nullopt;
  tokens = rewriter_.run(set, std::move(tokens)).tokens;
  if (tokens.size() < 2 || tokens.front().front() != op::mailer) return std::nullopt;
  if (tokens[1] == "discard") discards_ = true;
  if (tokens[1] != "error") return std::nullopt;
  if (tokens.size() > 3 && tokens[2].front() == op::host && tokens[3] == "quarantine") {
    quarantines_ = true;
    return std::nullopt;
  }
  return refusal(stage, error_reply(rewriter_, tokens));
}

bool RuleSession::needs_helo() const {
  const CfOption* option = cf_.option("PrivacyOptions");
  // The HELO before STARTTLS counts behind it, too.
  if (option == nullptr || attempt_.helo || attempt_.tls) return false;
  for (const std::string_view each : split(option->value, ',')) {
    const std::string_view word = trim(each);
    if (equals_ignoring_case(word, "needmailhelo") || equals_ignoring_case(word, "goaway")) {
      return true;
    }
  }
  return false;
}

std::optional<RuleOutcome> RuleSession::refuse_special(const ResolvedAddress& address) const {
  if (address.mailer == "prog") {
    return refusal(RuleStage::rcpt, reply_of("550 5.7.1 Cannot mail directly to programs"));
  }
  if (address.mailer == "*file*") {
    return refusal(RuleStage::rcpt, reply_of("550 5.7.1 Cannot mail directly to files"));
  }
  if (address.mailer == "*include*") {
    return refusal(RuleStage::rcpt, reply_of("550 5.7.1 Cannot mail directly to :include:s"));
  }
  return std::nullopt;
}

std::optional<RuleOutcome> RuleSession::take_sender() {
  if (needs_helo()) {
    return refusal(RuleStage::mail, reply_of("503 5.0.0 Polite people say HELO first"));
  }
  rewriter_.set("addr_type", "e s");
  const ResolvedAddress sender = resolve_address(rewriter_, cf_, attempt_.mail_from, true);
  if (sender.error) return refusal(RuleStage::mail, *sender.error);
  if (is_special(sender.mailer)) {
    return refusal(RuleStage::mail, reply_of("553 5.1.7 Invalid sender address"));
  }
  Tokens tokens = rewriter_.tokenizer().cut(attempt_.mail_from, {Scan::rule, ' ', false}).tokens;
  for (const std::string_view set : {"3", "1", "4"}) {
    tokens = rewriter_.run(set, std::move(tokens)).tokens;
  }
  rewriter_.set("f", rewriter_.tokenizer().join(tokens, rewriter_.space()));
  rewriter_.set("mail_mailer", sender.mailer);
  rewriter_.set("mail_host", sender.host.empty() ? "localhost" : sender.host);
  rewriter_.set("mail_addr", sender.user);
  const std::string_view text = address_part(rewriter_.tokenizer(), attempt_.mail_from);
  rewriter_.set("mail_from", std::string(text));  // 8.14 and later: delay_checks asks for it
  auto refused = check("check_mail", text, std::nullopt, RuleStage::mail);
  rewriter_.unset("addr_type");
  return refused;
}

// Whom the rules refuse once a session is encrypted hears so at MAIL.
std::optional<RuleOutcome> RuleSession::start_tls() {
  if (!attempt_.tls) return std::nullopt;
  return check("tls_client", attempt_.verify, "STARTTLS", RuleStage::mail);
}

std::optional<RuleOutcome> RuleSession::check_recipient(std::string_view wire,
                                                        ResolvedAddress& way) {
  rewriter_.set("addr_type", "e r");
  way = resolve_address(rewriter_, cf_, wire, false);
  if (way.error) return refusal(RuleStage::rcpt, *way.error);
  rewriter_.set("rcpt_mailer", way.mailer);
  rewriter_.set("rcpt_host", way.host.empty() ? "localhost" : way.host);
  rewriter_.set("rcpt_addr", way.user);
  const std::string_view text = address_part(rewriter_.tokenizer(), wire);
  return check("check_rcpt", text, std::nullopt, RuleStage::rcpt);
}

RuleOutcome RuleSession::take_recipient() {
  ResolvedAddress way;
  // What the rules say of a recipient, `discard` and `quarantine`, goes for the whole message.
  for (const std::string& other : attempt_.after) check_recipient(other, way);
  if (auto refused = check_recipient(attempt_.rcpt_to, way)) return *std::move(refused);
  RuleOutcome outcome;
  outcome.where = last_rule();
  outcome.mailer = way.mailer;
  outcome.host = way.host;
  outcome.user = way.user;
  outcome.kind = discards_      ? RuleOutcome::Kind::discarded
                 : quarantines_ ? RuleOutcome::Kind::quarantined
                                : RuleOutcome::Kind::accepted;
  if (!discards_) {
    if (auto special = refuse_special(way)) return *special;
    const LocalNames none;
    auto deliveries = deliver(rewriter_, cf_, names_ == nullptr ? none : *names_, way);
    if (deliveries.unknown_user) {
      return refusal(RuleStage::rcpt, reply_of("550 5.1.1 User unknown"));
    }
    outcome.deliveries = std::move(deliveries.all);
  }
  return outcome;
}

RuleOutcome RuleSession::run() {
  const std::string name = rewriter_.macro("client_name");
  const std::string address = rewriter_.macro("client_addr");
  if (auto refused = check("check_relay", name, address, RuleStage::connect)) return *refused;
  // Every message begins without the quarantine of the connection, but not without its discard.
  quarantines_ = false;
  if (auto refused = start_tls()) return *refused;
  if (auto refused = take_sender()) return *refused;
  return take_recipient();
}

}  // namespace relayproof::sendmail
