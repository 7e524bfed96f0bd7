#include "dialects/sendmail/rule_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

constexpr std::size_t longest_address = 255;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length of an enhanced status code at the beginning of the text: `5.7.1`; 0 if there is none.
std::size_t enhanced_length(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5')) return 0;
  std::size_t at = 1;
  for (int part = 0; part < 2; ++part) {
    if (at >= text.size() || text[at] != '.') return 0;
    const std::size_t begin = ++at;
    while (at < text.size() && at < begin + 3 && is_digit(text[at])) ++at;
    if (at == begin) return 0;
  }
  return at == text.size() || text[at] == ' ' ? at : 0;
}

// `$#mailer $@ host $: user`, cut at its operators.
struct Triple {
  std::string mailer, host;
  bool has_host = false, has_user = false;
  std::size_t user = 0;  // where it begins
};
Triple triple_of(const Rewriter& rewriter, const Tokens& tokens) {
  Triple found;
  if (tokens.size() > 1) found.mailer = tokens[1];
  std::size_t at = 2;
  std::size_t host = 0;
  if (at < tokens.size() && tokens[at].front() == op::host) host = ++at;
  while (at < tokens.size() && tokens[at].front() != op::user) ++at;
  if (host != 0 && at > host) {
    found.has_host = true;
    found.host =
        rewriter.tokenizer().join(tokens.data() + host, tokens.data() + at, rewriter.space());
  }
  found.has_user = at < tokens.size();
  found.user = std::min(at + 1, tokens.size());
  return found;
}

// What is wrong with a user's name as text: characters and quotes.
std::string_view flaw_in(std::string_view user) {
  bool quoted = false;
  for (std::size_t at = 0; at < user.size(); ++at) {
    const auto c = static_cast<unsigned char>(user[at]);
    if (!quoted && (c < 32 || c == 127)) return "non-printable character";
    if (c == '"') quoted = !quoted;
    if (c == '\\' && ++at >= user.size()) return "trailing \\ character";
  }
  return quoted ? "unbalanced quote" : "";
}

// A program, a file or a list instead of a user: which mailer that is, if this one's flags let it.
std::optional<std::string_view> special_mailer(const CfMailer& mailer, std::string_view user) {
  if (user.substr(0, 1) == "\"") user.remove_prefix(1);
  if (user.substr(0, 1) == "|" && mailer.has_flag('|')) return "prog";
  if (user.substr(0, 1) == "/" && mailer.has_flag('/')) return "*file*";
  if (user.substr(0, 1) == ":" && mailer.has_flag(':') &&
      starts_with_ignoring_case(strip_quotes(user), ":include:")) {
    return "*include*";
  }
  return std::nullopt;
}

// The user as rule sets 2 and 4 and the mailer's own make it. Null: a mailer without rules.
std::string written_for(Rewriter& rewriter, const Cf& cf, const CfMailer* mailer, Tokens user,
                        bool is_sender) {
  std::vector<std::string> sets = {"4"};
  if (cf.level >= 10 || !is_sender) {
    if (mailer != nullptr && !mailer->recipient_envelope_rules.empty()) {
      sets.insert(sets.begin(), mailer->recipient_envelope_rules);
    }
    sets.insert(sets.begin(), "2");
  }
  for (const std::string& set : sets) user = rewriter.run(set, std::move(user)).tokens;
  return rewriter.tokenizer().join(user, rewriter.space());
}

RuleReply broken(std::string_view what) {
  return reply_of("554 5.3.5 buildaddr: " + std::string(what));
}

}  // namespace

RuleReply reply_of(std::string_view line) {
  RuleReply reply;
  std::from_chars(line.data(), line.data() + std::min<std::size_t>(3, line.size()), reply.code);
  line.remove_prefix(std::min<std::size_t>(4, line.size()));
  const std::size_t length = enhanced_length(line);
  reply.enhanced = line.substr(0, length);
  reply.text = line.substr(length == 0 ? 0 : std::min(length + 1, line.size()));
  return reply;
}

RuleReply error_reply(const Rewriter& rewriter, const Tokens& tokens) {
  const Triple triple = triple_of(rewriter, tokens);
  const std::string text = strip_quotes(
      rewriter.tokenizer().join(tokens.data() + triple.user, tokens.data() + tokens.size(), ' '));
  const bool has_code = text.size() > 3 && std::all_of(text.begin(), text.begin() + 3, is_digit) &&
                        text[0] >= '2' && text[0] <= '5' && text[3] == ' ';
  if (!has_code) return reply_of("553 5.3.0 " + text);
  RuleReply reply = reply_of(text);
  if (reply.enhanced.empty() && enhanced_length(triple.host) == triple.host.size()) {
    reply.enhanced = triple.host;
  }
  return reply;
}

ResolvedAddress resolve_address(Rewriter& rewriter, const Cf& cf, std::string_view address,
                                bool is_sender, char delimiter) {
  ResolvedAddress found;
  const auto cut = rewriter.tokenizer().cut(address, {Scan::address, delimiter, false});
  if (!cut.complaints.empty()) {
    found.error = reply_of(cut.complaints.front());
    return found;
  }
  if (cut.tokens.empty()) {
    found.error = reply_of(is_sender ? "553 5.1.7 " : "501 5.0.0 Missing recipient");
    return found;
  }
  if (std::min(cut.end, address.size()) > longest_address) {
    found.error = reply_of("553 5.1.0 Address too long (255 bytes max)");
    return found;
  }
  Tokens tokens = cut.tokens;
  for (const std::string_view set : {"3", "0"}) {
    auto ran = rewriter.run(set, std::move(tokens));
    tokens = std::move(ran.tokens);
    found.fails_for_now = found.fails_for_now || ran.status == RunStatus::fails_for_now;
  }
  ResolvedAddress resolved = resolve_tokens(rewriter, cf, std::move(tokens), is_sender);
  resolved.fails_for_now = found.fails_for_now;
  return resolved;
}

ResolvedAddress resolve_tokens(Rewriter& rewriter, const Cf& cf, Tokens tokens, bool is_sender) {
  ResolvedAddress found;
  found.tokens = tokens;
  const auto fails = [&](RuleReply reply) {
    found.error = std::move(reply);
    return found;
  };
  if (tokens.empty() || tokens.front().front() != op::mailer) {
    return fails(broken("no mailer in parsed address"));
  }
  const Triple triple = triple_of(rewriter, tokens);
  if (!triple.has_user) return fails(broken("no user"));
  found.mailer = triple.mailer;
  found.host = triple.host;
  if (equals_ignoring_case(triple.mailer, "error")) return fails(error_reply(rewriter, tokens));
  const CfMailer* mailer = cf.mailer(triple.mailer);
  if (mailer == nullptr) return fails(broken("unknown mailer " + triple.mailer));
  found.mailer = mailer->name;
  if (!triple.has_host && !mailer->has_flag('l')) return fails(broken("no host"));
  Tokens user(tokens.begin() + static_cast<std::ptrdiff_t>(triple.user), tokens.end());
  if (mailer->has_flag('@') && !user.empty() && user.front().front() == '@') {
    user.front().erase(0, 1);
    if (user.front().empty()) user.erase(user.begin());
    found.stays_here = true;
  }
  rewriter.set("h", triple.host);
  if (const auto special = special_mailer(*mailer, rewriter.tokenizer().join(user, ' '))) {
    found.mailer = *special;
    mailer = cf.mailer(*special);
    if (*special == "*include*") {
      found.user = strip_quotes(rewriter.tokenizer().join(user, ' ')).substr(9);
      return found;
    }
  }
  found.user = written_for(rewriter, cf, mailer, std::move(user), is_sender);
  if (mailer == nullptr || !mailer->has_flag('h')) found.host = to_lower(found.host);
  if (mailer != nullptr && !mailer->has_flag('u')) found.user = to_lower(found.user);
  if (const auto flaw = flaw_in(found.user); !flaw.empty()) {
    const std::string_view code = is_sender ? "501 5.1.7" : "501 5.1.3";
    return fails(reply_of(fmt::format("{} Syntax error in mailbox address ({})", code, flaw)));
  }
  return found;
}

}  // namespace relayproof::sendmail
