#include "dialects/sendmail/rule_delivery.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/maps.h"
#include "mail/address.h"

namespace relayproof::sendmail {
namespace {

constexpr int deepest = 10;  // MaxAliasRecursion
constexpr std::size_t most_deliveries = 1000;

// The targets of an alias: commas part them, outside of quotes and parentheses.
std::vector<std::string> targets_of(std::string_view value) {
  std::vector<std::string> found(1);
  bool quoted = false;
  int comments = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    if (c == '\\' && at + 1 < value.size()) {
      found.back() += c;
      found.back() += value[++at];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '(') ++comments;
    if (!quoted && c == ')' && comments > 0) --comments;
    if (c == ',' && !quoted && comments == 0) {
      found.emplace_back();
    } else {
      found.back() += c;
    }
  }
  std::vector<std::string> trimmed;
  for (const std::string& each : found) {
    if (!trim(each).empty()) trimmed.emplace_back(trim(each));
  }
  return trimmed;
}

bool is_address(std::string_view target) {
  if (target.substr(0, 1) == "\"") target.remove_prefix(1);
  return target.substr(0, 1) != "|" && target.substr(0, 1) != "/" &&
         !starts_with_ignoring_case(target, ":include:");
}

class Delivering {
 public:
  Delivering(Rewriter& rewriter, const Cf& cf, const LocalNames& names)
      : rewriter_(rewriter), cf_(cf), names_(names) {}

  void follow(const ResolvedAddress& address, int depth, bool at_once) {
    if (depth > deepest || found_.all.size() > most_deliveries) return end_nowhere(address.user);
    const CfMailer* mailer = cf_.mailer(address.mailer);
    const bool quoted = address.user.find('\\') != std::string::npos;
    if (mailer == nullptr) return end(RuleDelivery::Kind::here, address);
    if (mailer->has_flag('A') && !quoted && follow_alias(address, depth)) return;
    if (mailer->has_flag('5') && !address.stays_here && follow_rules(address, depth, at_once)) {
      return;
    }
    if (mailer->has_flag('w') && !names_.has_user(strip_quotes(address.user))) {
      if (at_once) found_.unknown_user = true;
      return end_nowhere(address.user);
    }
    if (mailer->program != "[IPC]") return end(RuleDelivery::Kind::here, address);
    // `config error: mail loops back to me`
    if (names_.is_own_literal(address.host)) return end_nowhere(address.user);
    end(RuleDelivery::Kind::elsewhere, address);
  }

  RuleDeliveries found() && { return std::move(found_); }

 private:
  bool follow_alias(const ResolvedAddress& address, int depth) {
    const auto value = names_.alias(address.user);
    if (!value) return false;
    for (const std::string& target : targets_of(*value)) {
      if (!is_address(target)) {
        found_.all.push_back({RuleDelivery::Kind::here, target, {}});
        continue;
      }
      const ResolvedAddress next = resolve_address(rewriter_, cf_, target, false, '\0');
      if (next.error) {
        end_nowhere(target);
      } else if (next.mailer == address.mailer && equals_ignoring_case(next.user, address.user)) {
        end(RuleDelivery::Kind::here, address);  // an alias of itself
      } else {
        follow(next, depth + 1, false);
      }
    }
    return true;
  }

  // Rule set 5 may send a local user elsewhere: LUSER_RELAY, MAIL_HUB, user+detail.
  bool follow_rules(const ResolvedAddress& address, int depth, bool at_once) {
    rewriter_.set("h", address.host);
    rewriter_.set("u", address.user);
    rewriter_.set("addr_type", "e r");
    auto cut = rewriter_.tokenizer().cut(address.user, {Scan::address, '\0', false});
    if (cut.tokens.empty()) return false;
    Tokens tokens = rewriter_.run("5", std::move(cut.tokens)).tokens;
    if (tokens.empty() || tokens.front().front() != op::mailer) return false;
    const ResolvedAddress next = resolve_tokens(rewriter_, cf_, std::move(tokens), false);
    if (next.error) {
      if (at_once) found_.unknown_user = true;
      end_nowhere(address.user);
      return true;
    }
    if (next.mailer == address.mailer && next.user == address.user && next.host == address.host) {
      return false;
    }
    follow(next, depth + 1, at_once);
    return true;
  }

  void end(RuleDelivery::Kind kind, const ResolvedAddress& address) {
    found_.all.push_back({kind, address.user, address.host});
  }
  void end_nowhere(const std::string& address) {
    found_.all.push_back({RuleDelivery::Kind::nowhere, address, {}});
  }

  Rewriter& rewriter_;
  const Cf& cf_;
  const LocalNames& names_;
  RuleDeliveries found_;
};

}  // namespace

LocalNames::LocalNames(const Cf& cf, const FileSystem& files,
                       std::vector<mail::IpAddress> addresses)
    : addresses_(std::move(addresses)) {
  const CfOption* option = cf.option("AliasFile");
  const std::string where = option == nullptr ? "/etc/mail/aliases" : option->value;
  for (std::string_view each : split(where, ',')) {
    each = trim(each);
    // `hash:/etc/mail/aliases`
    const std::size_t path = each.find('/');
    if (path == std::string_view::npos) continue;
    const auto content = files.read(path_in("/", each.substr(path)));
    if (content) read_aliases(**content);
  }
  const auto passwd = files.read("/etc/passwd");
  if (!passwd) return;
  users_known_ = true;
  for (const std::string_view line : split(**passwd, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && colon > 0) users_.emplace(line.substr(0, colon));
  }
}

void LocalNames::read_aliases(std::string_view text) {
  std::string* last = nullptr;
  for (std::string_view line : split(text, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    if (is_blank(line.front())) {
      if (last != nullptr) *last += line;
      continue;
    }
    const std::size_t colon = line.find(':');
    last = nullptr;
    if (colon == std::string_view::npos) continue;
    const std::string name = to_lower(strip_quotes(trim(line.substr(0, colon))));
    last = &aliases_.insert_or_assign(name, std::string(line.substr(colon + 1))).first->second;
  }
}

std::optional<std::string_view> LocalNames::alias(std::string_view name) const {
  const auto found = aliases_.find(to_lower(strip_quotes(name)));
  if (found == aliases_.end()) return std::nullopt;
  return found->second;
}

bool LocalNames::has_user(std::string_view name) const {
  return !users_known_ || users_.count(name) != 0 || users_.count(to_lower(name)) != 0;
}

bool LocalNames::is_own_literal(std::string_view host) const {
  const auto address = mail::literal_address(host);
  return address && std::find(addresses_.begin(), addresses_.end(), *address) != addresses_.end();
}

RuleDeliveries deliver(Rewriter& rewriter, const Cf& cf, const LocalNames& names,
                       const ResolvedAddress& address) {
  Delivering delivering(rewriter, cf, names);
  delivering.follow(address, 0, true);
  return std::move(delivering).found();
}

}  // namespace relayproof::sendmail
