// What each command of a client does (RFC 5321 section 4.1).
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "smtp/receiver.h"

namespace relayproof::smtp {

struct Receiver::Rule {
  std::string_view word;
  mail::Reply (Receiver::*answer)(std::string_view argument);
};

const Receiver::Rule Receiver::rules[] = {
    {"HELO", &Receiver::helo},
    {"EHLO", &Receiver::ehlo},
    {"MAIL", &Receiver::mail_from},
    {"RCPT", &Receiver::rcpt_to},
    {"DATA", &Receiver::data},
    {"RSET", &Receiver::rset},
    {"NOOP", &Receiver::noop},
    {"VRFY", &Receiver::vrfy},
    {"STARTTLS", &Receiver::start_tls},
    {"QUIT", &Receiver::quit},
    {"EXPN", &Receiver::not_implemented},
    {"HELP", &Receiver::not_implemented},
};

namespace {

// What stands behind `FROM:` or `TO:`, as it came; nullopt without that keyword.
std::optional<std::string_view> behind_keyword(std::string_view argument,
                                               std::string_view keyword) {
  if (!starts_with_ignoring_case(argument, keyword)) return {};
  argument.remove_prefix(keyword.size());
  argument.remove_prefix(std::min(argument.find_first_not_of(" \t"), argument.size()));
  if (argument.empty() || argument.front() != ':') return {};
  return argument.substr(1);
}

}  // namespace

void Receiver::obey(std::string_view line) {
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  std::string_view argument = line.substr(end);
  argument.remove_prefix(std::min(argument.find_first_not_of(" \t"), argument.size()));
  for (const Rule& rule : rules) {
    if (equals_ignoring_case(word, rule.word)) return say((this->*rule.answer)(argument));
  }
  say(other(line));
}

mail::Reply Receiver::other(std::string_view line) {
  if (!policy_.on_other) {
    if (starts_with_ignoring_case(line, "AUTH ")) return not_implemented({});
    return {500, {"5.5.2 Command not recognised"}};
  }
  auto answer = policy_.on_other(said_, line);
  if (answer.is_positive()) {
    auto claims = said_.claims;
    claims.emplace_back(line);
    if (answer.code == 220) said_ = {.tls = said_.tls};
    said_.claims = std::move(claims);
  }
  return answer;
}

mail::Reply Receiver::helo(std::string_view argument) {
  return hello(argument, {policy_.hostname}, false);
}

mail::Reply Receiver::ehlo(std::string_view argument) {
  if (!policy_.knows_ehlo) return {500, {"5.5.2 Command not recognised"}};
  std::vector<std::string> lines = {policy_.hostname};
  lines.insert(lines.end(), policy_.extensions.begin(), policy_.extensions.end());
  if (policy_.starttls && !said_.tls) lines.emplace_back("STARTTLS");
  return hello(argument, std::move(lines), true);
}

mail::Reply Receiver::hello(std::string_view argument, std::vector<std::string> lines, bool esmtp) {
  if (argument.empty()) return {501, {"5.5.4 A name is needed"}};
  Transaction said{.helo = std::string(trim(argument)),
                   .esmtp = esmtp,
                   .tls = said_.tls,
                   .certificate = said_.certificate,
                   .claims = said_.claims};
  if (policy_.on_helo) {
    mail::Reply answer = policy_.on_helo(said);
    if (!answer.is_positive()) return answer;
  }
  // RFC 5321 4.1.4: a second EHLO resets as RSET does.
  said_ = std::move(said);
  return {250, std::move(lines)};
}

mail::Reply Receiver::mail_from(std::string_view argument) {
  const auto path_text = behind_keyword(argument, "FROM");
  if (!path_text) return {501, {"5.5.4 Syntax: MAIL FROM:<address>"}};
  if (policy_.require_helo && said_.helo.empty()) return {503, {"5.5.1 HELO first"}};
  if (said_.sender) return {503, {"5.5.1 Sender already given"}};
  Path path = parse_path(*path_text);
  mail::Reply answer =
      policy_.on_mail ? policy_.on_mail(said_, path) : mail::Reply{250, {"2.1.0 Ok"}};
  if (answer.is_positive()) said_.sender = std::move(path);
  return answer;
}

mail::Reply Receiver::rcpt_to(std::string_view argument) {
  const auto path_text = behind_keyword(argument, "TO");
  if (!path_text) return {501, {"5.5.4 Syntax: RCPT TO:<address>"}};
  if (!said_.sender) return {503, {"5.5.1 MAIL first"}};
  if (said_.recipients.size() >= policy_.max_recipients) {
    return {452, {"4.5.3 Too many recipients"}};
  }
  Path path = parse_path(*path_text);
  mail::Reply answer =
      policy_.on_rcpt ? policy_.on_rcpt(said_, path) : mail::Reply{250, {"2.1.5 Ok"}};
  if (answer.is_positive()) said_.recipients.push_back(std::move(path));
  return answer;
}

mail::Reply Receiver::data(std::string_view) {
  if (!said_.sender) return {503, {"5.5.1 MAIL first"}};
  // RFC 5321 3.3: either code where no recipient was taken.
  if (said_.recipients.empty()) return {554, {"5.5.1 No valid recipients"}};
  mail::Reply answer =
      policy_.on_data ? policy_.on_data(said_) : mail::Reply{354, {"End with a dot on a line"}};
  if (answer.is_intermediate()) message_.emplace(policy_.max_message_bytes);
  return answer;
}

mail::Reply Receiver::rset(std::string_view) {
  reset();
  return {250, {"2.0.0 Ok"}};
}

mail::Reply Receiver::noop(std::string_view) { return {250, {"2.0.0 Ok"}}; }

mail::Reply Receiver::vrfy(std::string_view argument) {
  if (policy_.on_vrfy) return policy_.on_vrfy(said_, argument);
  return {252, {"2.0.0 Send some mail, then see"}};
}

mail::Reply Receiver::start_tls(std::string_view) {
  if (!policy_.starttls || said_.tls) return {503, {"5.5.1 STARTTLS is not offered"}};
  wants_tls_ = true;
  return {220, {"2.0.0 Start TLS"}};
}

mail::Reply Receiver::quit(std::string_view) {
  closing_ = true;
  return {221, {"2.0.0 " + policy_.hostname + " closes"}};
}

mail::Reply Receiver::not_implemented(std::string_view) { return {502, {"5.5.1 Not implemented"}}; }

}  // namespace relayproof::smtp
