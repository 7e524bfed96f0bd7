#include <algorithm>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "dialects/exim/expand.h"
#include "dialects/exim/list_lowering.h"
#include "dialects/exim/lists.h"
#include "dialects/exim/redirection.h"
#include "dialects/exim/rewriting.h"
#include "mail/domain.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;
using Way = RuleEffect::Way;

// Only of the environment, which is the owner's.
bool is_of_environment(std::string_view replacement) {
  if (!replacement.starts_with("${env{")) return false;
  for (auto at = replacement.find('$'); at != std::string_view::npos;
       at = replacement.find('$', at + 1)) {
    const auto name = replacement.substr(at + 1);
    if (!name.starts_with("{env{") && !name.starts_with("value")) return false;
  }
  return true;
}

// A wild start, as a group that captures it, or the text itself.
std::string with_wild_start(std::string_view text, std::string_view wild) {
  if (!text.starts_with('*')) return quoted(text);
  return '(' + std::string(wild) + ')' + quoted(text.substr(1));
}

// The expression that captures what $1, $2 ... are behind this pattern; empty: they are not known.
std::string wild_parts(std::string_view pattern) {
  if (pattern.starts_with('^')) return std::string(pattern);
  if (pattern.starts_with("@@") || pattern.find("partial") != std::string_view::npos) return {};
  const auto at = pattern.rfind('@');
  const auto local = at == std::string_view::npos ? std::string_view() : pattern.substr(0, at);
  const auto domain = at == std::string_view::npos ? pattern : pattern.substr(at + 1);
  const bool only_matches = pattern.starts_with('!') || pattern.starts_with('+') ||
                            local.find_first_of(";@") != std::string_view::npos ||
                            (at == std::string_view::npos && domain.find(';') != domain.npos);
  if (only_matches) return "^.*$";
  const auto first = at == std::string_view::npos ? ".*" : with_wild_start(local, ".*");
  return '^' + first + '@' +
         (domain.starts_with('*') ? with_wild_start(domain, "[^@]*") : "[^@]*") + '$';
}

// Whether it depends on the letters of a local part, in which Exim tells capitals from small ones.
bool asks_letters(std::string_view pattern) {
  const auto local = pattern.substr(0, std::min(pattern.rfind('@'), pattern.size()));
  const bool by_domain = local == "*" || local.find('@') != std::string_view::npos;
  return !by_domain && std::any_of(local.begin(), local.end(),
                                   [](unsigned char c) { return std::isalpha(c) != 0; });
}

class RuleLowering {
 public:
  RuleLowering(Lowering& to, const RewriteRule& rule, const Operand& address, Envelope of,
               const Scope& scope)
      : to_(to), rule_(rule), address_(address), of_(of), scope_(scope) {
    scope_.line = rule.line;
    scope_.address = address;
    scope_.sign = Sign::either;
    scope_.lists_domains = false;
    scope_.captured.reset();
    scope_.origin = to.origin(rule.line, "rewrite");
  }

  RuleEffect lower() {
    RuleEffect made;
    made.quits = rule_.has('q');
    made.matches = matches();
    if (shields_others(made)) {
      not_followed("a rule behind it may be reached by other letters, capital or small");
    }
    if (builder().constant_value(made.matches) == std::optional(false)) return made;
    if (rule_.replacement == "*") {
      made.ways.push_back({Way::Kind::ends, builder().constant(true)});
      return made;
    }
    auto before = builder().constant(true);
    for (const auto& one : expand(to_, rule_.replacement, scope_)) {
      case_of(one.text, builder().all({before, one.when}), made.ways);
      before = builder().all({before, builder().negation(one.when)});
    }
    return made;
  }

 private:
  PolicyBuilder& builder() { return to_.builder; }

  void not_followed(const std::string& why) {
    const bool decides = of_ == Envelope::recipient;
    to_.note(rule_.line, (decides ? "rewrites recipients: " : "rewrites senders: ") + why, decides);
  }

  // It keeps addresses from rules behind it that lead where the client says.
  bool shields_others(const RuleEffect& made) const {
    if (!(made.quits || rule_.replacement == "*") || !asks_letters(rule_.pattern)) return false;
    const auto rules = rewrite_rules(to_.config, of_);
    const auto self = std::find(rules.begin(), rules.end(), &rule_);
    return self != rules.end() && std::any_of(self + 1, rules.end(), [](const RewriteRule* rule) {
             return !has_written_domain(*rule);
           });
  }

  ConditionId matches() {
    const auto never = builder().constant(false);
    if (cannot_be_expanded(rule_.pattern)) {
      to_.note(rule_.line, "the pattern cannot be expanded, so that the rule does nothing", false);
      return never;
    }
    const auto value = expand(to_, rule_.pattern, scope_);
    const auto pattern = value.size() == 1 ? value[0].text.literal() : std::nullopt;
    if (!pattern || pattern->find("\\N") != std::string::npos || !capture(*pattern)) {
      not_followed("the pattern is not followed");
      return never;
    }
    std::string item;
    for (const char c : *pattern) item += c == ':' ? "::" : std::string(1, c);
    const auto listed = address_list(to_, "\\N" + item + "\\N", address_, scope_);
    if (of_ == Envelope::recipient || address_.fixed) return listed;
    return builder().all({builder().negation(to_.is_null_sender()), listed});
  }

  // $0, $1 ...: what is wild in the pattern. Groups that it has not are empty.
  bool capture(const std::string& pattern) {
    const auto expression = wild_parts(pattern);
    if (expression.empty()) return true;
    patterns::Options options;
    options.ignore_case = true;
    const auto compiled = patterns::Pattern::compile(expression, patterns::Flavour::pcre, options);
    if (!compiled) return false;
    const auto captures = address_.fixed ? compiled->captures(*address_.fixed)
                                         : std::vector<std::optional<std::string>>();
    if (!address_.fixed) scope_.captured = Captured{*compiled, address_.subject};
    for (std::size_t group = address_.fixed ? 0 : compiled->groups() + 1; group < 10; ++group) {
      scope_.given[std::to_string(group)] =
          group < captures.size() ? captures[group].value_or("") : std::string();
    }
    return true;
  }

  void case_of(const Text& text, ConditionId when, std::vector<Way>& ways) {
    if (text.kind == Text::Kind::failed) return;
    if (text.kind == Text::Kind::hidden) return hidden(text, when, ways);
    if (const auto literal = text.literal()) return written(*literal, when, ways);
    made_of_parts(text, when, ways);
  }

  // Rows that cannot be seen are the owner's; so is a domain that is written down.
  void hidden(const Text& text, ConditionId when, std::vector<Way>& ways) {
    if (!text.is_owners && !has_written_domain(rule_) && !is_of_environment(rule_.replacement)) {
      return not_followed(text.why);
    }
    owners(text.why, when, ways);
  }

  void owners(const std::string& why, ConditionId when, std::vector<Way>& ways) {
    policy::Question question;
    question.name = rule_.line.text;
    question.says = "what it rewrites to is not in the configuration: " + why;
    question.origin = scope_.origin;
    question.power = policy::Question::Power::premise;
    std::vector<policy::Subject> about;
    if (!address_.fixed) about.push_back(address_.subject);
    const auto found = builder().unknown(builder().question(std::move(question)), about);
    ways.push_back({Way::Kind::owners, builder().all({when, found})});
  }

  void written(std::string_view text, ConditionId when, std::vector<Way>& ways) {
    text = trim(text);
    if (text.ends_with('>') && text.find('<') != std::string_view::npos) {
      text = text.substr(text.find('<') + 1);
      text.remove_suffix(1);
    }
    std::string address(text);
    const bool qualifies = rule_.has('Q');
    if (address.find('@') == std::string::npos && qualifies && !address.empty()) {
      address += '@' + to_.qualify_domain(of_ == Envelope::recipient);
    }
    const auto at = address.rfind('@');
    const bool taken = at != std::string::npos && at > 0 && at + 1 < address.size() &&
                       address.find_first_of(" ,\"<>") == std::string::npos;
    // What is no address ends all rewriting, which Exim's log tells.
    if (!taken) return ways.push_back({Way::Kind::ends, when});
    policy::Transform transform;
    transform.rewritten = policy::Transform::Template{};
    transform.rewritten->pieces.push_back({address, std::nullopt});
    ways.push_back({Way::Kind::rewritten, when, builder().transform(transform), address});
  }

  // Of an address of which only the parts are known: as a text of the recipient's, since what a
  // transform is applied to is the address as it stands.
  std::optional<Text> of_address(const Text& text) const {
    Text result = text;
    for (auto& piece : result.pieces) {
      if (piece.special != Piece::Special::none) return std::nullopt;
      if (!piece.subject) continue;
      const auto& own = address_.subject;
      if (address_.fixed || piece.subject->field != own.field || piece.subject->via != own.via) {
        return std::nullopt;
      }
      piece.subject->field = Field::recipient;
      piece.subject->via.clear();
    }
    return result;
  }

  void made_of_parts(const Text& text, ConditionId when, std::vector<Way>& ways) {
    std::size_t signs = 0;
    bool odd = false;
    for (const auto& piece : text.pieces) {
      if (piece.subject) {
        odd = odd || (piece.subject->part == Part::whole && !piece.capture);
        continue;
      }
      signs += static_cast<std::size_t>(std::count(piece.text.begin(), piece.text.end(), '@'));
      odd = odd || piece.text.find_first_of(" ,\"<>") != std::string::npos;
    }
    // What the client says below a domain that the owner wrote leads nowhere else.
    const auto& last = text.pieces.back();
    if (!last.subject && last.text.starts_with('.') &&
        mail::is_registrable_or_below(last.text.substr(1))) {
      return owners("below which name it is, the client says", when, ways);
    }
    const auto own = of_address(text);
    const auto found =
        odd || signs > 1 || !own ? std::vector<Rewriting>() : rewritings_of(to_, *own, name());
    // The condition of what replaces a sign is about the recipient as it stands.
    const bool stands = address_.subject.field == Field::recipient && address_.subject.via.empty();
    const bool one_sign = signs == 0 && found.size() == 2 && stands && !rule_.has('Q');
    if (found.empty() || (signs != 1 && !one_sign)) return unknown_parts(when, ways);
    ways.push_back({Way::Kind::rewritten, builder().all({when, found[0].when}),
                    builder().transform(found[0].transform)});
    // With no such sign it has no domain, with several too many: neither is an address.
    if (one_sign) ways.push_back({Way::Kind::ends, builder().all({when, found[1].when})});
  }

  void unknown_parts(ConditionId when, std::vector<Way>& ways) {
    Text text;
    text.why = "the replacement is not followed";
    hidden(text, when, ways);
  }

  std::string name() const {
    return rule_.line.text + " #" + std::to_string(rule_.line.where.line);
  }

  Lowering& to_;
  const RewriteRule& rule_;
  const Operand& address_;
  Envelope of_;
  Scope scope_;
};

}  // namespace

bool cannot_be_expanded(std::string_view pattern) {
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) {
      if (pattern[at + 1] == 'N') {
        at = pattern.find("\\N", at + 2);
        if (at == std::string_view::npos) return false;
      }
      ++at;
    } else if (pattern[at] == '$') {
      const char next = at + 1 < pattern.size() ? pattern[at + 1] : ' ';
      if (std::isalnum(static_cast<unsigned char>(next)) == 0 && next != '{') return true;
    }
  }
  return false;
}

RuleEffect effect_of_rule(Lowering& to, const RewriteRule& rule, const Operand& address,
                          Envelope of, const Scope& scope) {
  return RuleLowering(to, rule, address, of, scope).lower();
}

}  // namespace relayproof::exim
