#include "dialects/exim/smtp_rewriting.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "dialects/exim/expand.h"
#include "dialects/exim/rewriting.h"

namespace relayproof::exim {
namespace {

using policy::Field;
using policy::Part;

// A rule whose replacement is made of what is written and of what its pattern captured.
struct Step {
  patterns::Pattern pattern;
  std::vector<Piece> pieces;
  bool fails = false;  ///< the replacement is forced to fail
  bool qualifies = false;
  bool quits = false;
  std::size_t times = 1;
};

// The argument as a rule finds it: no parts of an address, since it need not be one.
const policy::Subject argument{Field::recipient, Part::whole, {}};

bool is_of_argument(const Piece& piece) {
  if (piece.special != Piece::Special::none) return false;
  return !piece.subject || (*piece.subject == argument && piece.change);
}

class StepLowering {
 public:
  StepLowering(Lowering& to, const RewriteRule& rule) : to_(to), rule_(rule) {
    scope_.line = rule.line;
    scope_.origin = to.origin(rule.line, "rewrite");
  }

  std::optional<Step> lower() {
    if (cannot_be_expanded(rule_.pattern)) {
      to_.note(rule_.line, "the pattern cannot be expanded, so that the rule does nothing", false);
      return std::nullopt;
    }
    const auto value = expand(to_, rule_.pattern, scope_);
    const auto text = value.size() == 1 ? value[0].text.literal() : std::nullopt;
    if (!text) return not_followed("the pattern is not followed");
    const auto pattern = patterns::Pattern::compile(*text, patterns::Flavour::pcre, {});
    if (!pattern) return not_followed("the pattern is not followed");
    scope_.captured = Captured{*pattern, argument};
    for (std::size_t group = pattern->groups() + 1; group < 10; ++group) {
      scope_.given[std::to_string(group)] = "";
    }
    return with(*pattern);
  }

 private:
  std::optional<Step> with(const patterns::Pattern& pattern) {
    const auto value = expand(to_, rule_.replacement, scope_);
    if (value.size() != 1 || value[0].text.kind == Text::Kind::hidden) {
      return not_followed(value.size() == 1 ? value[0].text.why : "it hangs on a condition");
    }
    const auto& text = value[0].text;
    if (!std::all_of(text.pieces.begin(), text.pieces.end(), is_of_argument)) {
      return not_followed("the replacement is not followed");
    }
    return Step{pattern,        text.pieces,    text.kind == Text::Kind::failed,
                rule_.has('Q'), rule_.has('q'), rule_.has('R') ? repeated_at_most : 1};
  }

  std::optional<Step> not_followed(const std::string& why) {
    to_.note(rule_.line, "rewrites what MAIL and RCPT say before it is read: " + why, true);
    return std::nullopt;
  }

  Lowering& to_;
  const RewriteRule& rule_;
  Scope scope_;
};

// nullopt: it is no address, which ends all rewriting.
std::optional<std::string> made_by(const Step& step, std::string_view subject,
                                   const AddressRules& rules) {
  std::string text;
  for (const auto& piece : step.pieces) text += piece.subject ? piece.change(subject) : piece.text;
  auto address = extract_address(text, false, rules);
  if (!address || address->find('@') != std::string::npos) return address;
  if (!step.qualifies) return std::nullopt;
  return *address + '@' + rules.qualify_recipient;
}

std::string rewritten(const std::vector<Step>& steps, std::string_view wire,
                      const AddressRules& rules) {
  std::string subject(wire);
  for (const auto& step : steps) {
    bool done = false;
    for (std::size_t time = 0; time < step.times; ++time) {
      if (!step.pattern.matches(subject).value_or(false)) break;
      if (step.fails && !step.quits) break;
      const auto made = step.fails ? std::nullopt : made_by(step, subject, rules);
      if (!made) return subject;
      subject = *made;
      done = step.quits;
    }
    if (done) break;
  }
  return subject;
}

}  // namespace

std::function<std::string(std::string_view)> smtp_rewriting(Lowering& to,
                                                            const AddressRules& rules) {
  std::vector<Step> steps;
  for (const auto& rule : to.config.rewrites) {
    if (!rule.has('S')) continue;
    if (auto step = StepLowering(to, rule).lower()) steps.push_back(std::move(*step));
  }
  if (steps.empty()) return {};
  return [steps = std::move(steps), rules](std::string_view wire) {
    return rewritten(steps, wire, rules);
  };
}

}  // namespace relayproof::exim
