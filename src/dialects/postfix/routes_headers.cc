#include "dialects/postfix/routes_headers.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/lower_transports.h"
#include "dialects/postfix/routes_targets.h"

namespace relayproof::postfix {
namespace {

constexpr std::string_view filtered = "handed to a FILTER";

using policy::Effect;
using policy::Fate;

// A template with only what stands behind the action's word.
ResultTemplate behind_word(const ResultTemplate& result, std::size_t word) {
  ResultTemplate rest = result;
  if (rest.parts.empty() || rest.parts[0].group != 0) return rest;
  auto& first = rest.parts[0].text;
  first.erase(0, std::min(word, first.size()));
  first.erase(0, std::min(first.find_first_not_of(" \t"), first.size()));
  if (first.empty()) rest.parts.erase(rest.parts.begin());
  return rest;
}

// One table of checks. Every line is asked for by itself, so that each action has its own rule.
class HeaderChecks {
 public:
  HeaderChecks(PolicyBuilder& builder, TableShelf& shelf, policy::ListId redirected)
      : builder_(builder), shelf_(shelf), redirected_(redirected) {}

  void lower(std::string_view parameter) {
    const auto value = shelf_.config().effective(parameter);
    const auto names = table_names(value.text, shelf_.config().version());
    if (names.empty()) return;
    met_.clear();
    const policy::Subject line{policy::Field::header, policy::Part::whole, {}};
    const auto search = lower_search(builder_, shelf_, names, Search::whole, line,
                                     [this](const RowValue& row) { return meet(row); });
    for (const auto result : met_) {
      policy::Rule rule;
      rule.when = gives(builder_, search, {result});
      rule.effect = builder_.policy().results.at(result);
      rule.origin = builder_.origin(value);
      rule.says = parameter;
      rules_.push_back(std::move(rule));
    }
  }

  std::vector<policy::Rule> finish() { return std::move(rules_); }

 private:
  std::uint32_t meet(const RowValue& row) {
    const auto word = row.text.substr(0, row.text.find_first_of(" \t"));
    const auto result = builder_.result(effect_of(word, row));
    const bool does = !std::holds_alternative<policy::Nothing>(builder_.policy().results[result]);
    if (does && std::find(met_.begin(), met_.end(), result) == met_.end()) met_.push_back(result);
    return result;
  }

  Effect effect_of(std::string_view word, const RowValue& row) {
    const struct {
      std::string_view word;
      Effect effect;
    } known[] = {
        {"reject", policy::Refuse{{550, "5.7.1"}}},
        {"discard", policy::End{Fate::dropped}},
        {"hold", policy::End{Fate::dropped}},
    };
    for (const auto& one : known) {
      if (equals_ignoring_case(word, one.word)) return one.effect;
    }
    if (equals_ignoring_case(word, "redirect")) return redirect(word, row);
    if (equals_ignoring_case(word, "filter")) return filter(row.text.substr(word.size()));
    return policy::Nothing{};
  }

  // The filter stands for every recipient's own delivery.
  Effect filter(std::string_view transport) {
    const auto delivery = delivery_of(shelf_.config(), trim(transport));
    if (delivery != Delivery::handed_on) return policy::Nothing{};
    return policy::SetMark{filtered_mark(builder_)};
  }

  Effect redirect(std::string_view word, const RowValue& row) {
    ResultTemplate plain;
    plain.parts.push_back({std::string(row.text), 0});
    policy::Rewrite rewrite{{}, redirected_};
    const auto rest = behind_word(row.holes ? *row.holes : plain, word.size());
    for (auto& target : targets_of(rest, row.pattern)) {
      if (target.rewritten && row.pattern) target.rewritten->captured_in = policy::Field::header;
      rewrite.transforms.push_back(builder_.transform(target));
    }
    if (rewrite.transforms.empty()) return policy::Nothing{};
    return rewrite;
  }

  PolicyBuilder& builder_;
  TableShelf& shelf_;
  policy::ListId redirected_;
  std::vector<std::uint32_t> met_;  // results that do something, in the order of their rows
  std::vector<policy::Rule> rules_;
};

}  // namespace

std::uint32_t filtered_mark(PolicyBuilder& builder) {
  return builder.mark(filtered, policy::Mark::Life::message);
}

bool is_marked_as_filtered(const PolicyBuilder& builder) {
  return builder.find_mark(filtered).has_value();
}

std::vector<policy::Rule> lower_header_checks(PolicyBuilder& builder, TableShelf& shelf,
                                              policy::ListId redirected) {
  HeaderChecks checks(builder, shelf, redirected);
  // Lines of the body count as lines of the header: the client writes both.
  for (const std::string_view parameter :
       {"header_checks", "mime_header_checks", "nested_header_checks", "body_checks"}) {
    checks.lower(parameter);
  }
  return checks.finish();
}

}  // namespace relayproof::postfix
