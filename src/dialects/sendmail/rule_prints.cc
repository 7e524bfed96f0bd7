#include "dialects/sendmail/rule_prints.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "base/text.h"

namespace relayproof::sendmail {
namespace {

struct RulePrint {
  std::uint8_t set;  // index into set_names
  std::uint64_t print;
  std::uint64_t needs;     // features, by their bits in the order of toggle_names
  std::uint64_t without;   // features that take it away
  std::uint32_t versions;  // by their bits in the order of version_names
};
using VersionRules = std::vector<RulePrint>;

#include "dialects/sendmail/rule_prints.inc"

// One file's rules of a set, by fingerprint.
struct Printed {
  const CfRuleSet* set = nullptr;
  std::vector<std::uint64_t> prints;
  bool has(std::uint64_t print) const {
    return std::find(prints.begin(), prints.end(), print) != prints.end();
  }
};
using PrintedSets = std::array<Printed, set_names.size()>;

PrintedSets printed(const Cf& cf) {
  PrintedSets sets;
  for (std::size_t index = 0; index < set_names.size(); ++index) {
    sets[index].set = cf.rule_set(set_names[index]);
    if (sets[index].set == nullptr) continue;
    for (const auto& rule : sets[index].set->rules) {
      sets[index].prints.push_back(print_of(set_names[index], rule.text));
    }
  }
  return sets;
}

bool applies(const RulePrint& rule, std::uint64_t features) {
  return (rule.needs & ~features) == 0 && (rule.without & features) == 0;
}

// True if none of the rules is there that would be without it, and some would be. Words that stand
// elsewhere in the set as well tell nothing.
bool takes_all_away(const VersionRules& table, const PrintedSets& sets, std::uint64_t features,
                    std::uint64_t feature) {
  bool takes_any = false;
  for (const auto& rule : table) {
    if ((rule.without & feature) == 0 || !applies(rule, features)) continue;
    const bool elsewhere = std::any_of(table.begin(), table.end(), [&](const RulePrint& other) {
      return other.set == rule.set && other.print == rule.print && (other.without & feature) == 0;
    });
    if (elsewhere) continue;
    if (sets[rule.set].has(rule.print)) return false;
    takes_any = true;
  }
  return takes_any;
}

// True if a rule would be there with it, beside these features: it would have told of it. What
// promiscuous_relay adds needs block_bad_helo, too.
bool adds_any(const VersionRules& table, std::uint64_t features, std::uint64_t feature) {
  return std::any_of(table.begin(), table.end(), [&](const RulePrint& rule) {
    return (rule.needs & feature) != 0 && applies(rule, features | feature);
  });
}

// A rule that is there tells what it needs. A feature that only takes rules away is on where all of
// those are missing that would be there without it.
std::uint64_t features_of(const VersionRules& table, const PrintedSets& sets) {
  std::uint64_t features = 0;
  for (const auto& rule : table) {
    if (!sets[rule.set].has(rule.print)) continue;
    // The same words may stand in several places: only what all of them need is told.
    std::uint64_t needs = rule.needs;
    for (const auto& other : table) {
      if (other.set == rule.set && other.print == rule.print) needs &= other.needs;
    }
    features |= needs;
  }
  for (std::size_t bit = 0; bit < toggle_names.size(); ++bit) {
    const std::uint64_t feature = std::uint64_t{1} << bit;
    if (!adds_any(table, features, feature) && takes_all_away(table, sets, features, feature)) {
      features |= feature;
    }
  }
  return features;
}

std::string line_of(const CfRule& rule) { return 'R' + rule.text; }

// The first rule that needs it; else the rule set that it takes rules from.
StockFit::SwitchedOn switched_on(const VersionRules& table, const PrintedSets& sets,
                                 std::size_t bit) {
  const std::uint64_t feature = std::uint64_t{1} << bit;
  StockFit::SwitchedOn on{std::string(toggle_names[bit]), {}, {}};
  for (const auto& rule : table) {
    const auto& real = sets[rule.set];
    if (real.set == nullptr) continue;
    if ((rule.needs & feature) != 0 && real.has(rule.print)) {
      const auto at = std::find(real.prints.begin(), real.prints.end(), rule.print);
      const auto& line = real.set->rules[static_cast<std::size_t>(at - real.prints.begin())];
      on.where = line.where;
      on.text = line_of(line);
      return on;
    }
    if ((rule.without & feature) != 0 && on.text.empty() && !real.set->where.empty()) {
      on.where = real.set->where.front();
      on.text = 'S' + real.set->name;
    }
  }
  return on;
}

std::vector<StockFit::Difference> differences(const VersionRules& table, const PrintedSets& sets,
                                              std::uint64_t features) {
  std::vector<StockFit::Difference> found;
  for (std::size_t index = 0; index < set_names.size(); ++index) {
    std::vector<std::uint64_t> expected;
    for (const auto& rule : table) {
      if (rule.set == index && applies(rule, features)) expected.push_back(rule.print);
    }
    const auto& real = sets[index];
    const auto [there, wanted] =
        std::mismatch(real.prints.begin(), real.prints.end(), expected.begin(), expected.end());
    if (there == real.prints.end() && wanted == expected.end()) continue;
    StockFit::Difference difference;
    difference.rule_set = set_names[index];
    difference.missing = there == real.prints.end();
    if (!difference.missing) {
      const auto& rule = real.set->rules[static_cast<std::size_t>(there - real.prints.begin())];
      difference.where = rule.where;
      difference.text = line_of(rule);
    } else if (real.set != nullptr && !real.set->where.empty()) {
      difference.where = real.set->where.front();
      difference.text = 'S' + real.set->name;
    }
    found.push_back(std::move(difference));
  }
  return found;
}

// `$#cyrusv2` and `$#local`, `$#smtp8` and `$#esmtp` are of one kind.
void name_kinds(std::string& right) {
  constexpr auto kinds = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"cyrusv2", "local"},
      {"cyrusbb", "local"},
      {"cyrus", "local"},
      {"lmtp", "local"},
      {"dsmtp", "smtp"},
      {"smtp8", "smtp"},
      {"esmtp", "smtp"},
      {"relay", "smtp"},
  });
  for (auto at = right.find("$#"); at != std::string::npos; at = right.find("$#", at + 2)) {
    const auto begin = at + 2;
    const auto end = std::min(right.size(), right.find_first_of(" $\t", begin));
    const auto name = std::string_view(right).substr(begin, end - begin);
    for (const auto& [mailer, kind] : kinds) {
      if (name == mailer) {
        right.replace(begin, mailer.size(), kind);
        break;
      }
    }
  }
}

std::string one_blank(std::string_view text) {
  std::string joined;
  for (const auto word : words(text)) {
    if (!joined.empty()) joined += ' ';
    joined += to_lower(word);
  }
  return joined;
}

}  // namespace

bool is_deciding(std::string_view rule_set) {
  const auto name = to_lower(rule_set);
  constexpr auto numbers =
      std::to_array<std::string_view>({"0", "3", "5", "90", "95", "96", "97", "98"});
  return std::find(set_names.begin(), set_names.end(), name) != set_names.end() ||
         std::find(numbers.begin(), numbers.end(), name) != numbers.end();
}

std::uint64_t print_of(std::string_view rule_set, std::string_view rule) {
  // A line that goes on in the next one.
  std::string one_line(rule);
  std::replace(one_line.begin(), one_line.end(), '\n', ' ');
  rule = one_line;
  const auto tab = rule.find('\t');
  const auto left = one_blank(rule.substr(0, tab));
  auto right = tab == std::string_view::npos ? std::string() : one_blank(rule.substr(tab + 1));
  name_kinds(right);
  for (const std::string_view end : {"$#error", "$#temp", "$#discard"}) {
    if (const auto at = right.find(end); at != std::string::npos) right.resize(at + end.size());
  }
  std::uint64_t print = 0xCBF29CE484222325U;  // FNV-1a
  const auto add = [&print](std::string_view text) {
    for (const char byte : text) {
      print = (print ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
    }
  };
  add(to_lower(rule_set));
  add("\n");
  add(left);
  add("\t");
  add(right);
  return print;
}

StockFit fit_stock_rules(const Cf& cf) {
  const auto sets = printed(cf);
  StockFit best;
  bool found = false;
  for (std::size_t version = 0; version < version_names.size(); ++version) {
    VersionRules table;
    std::copy_if(rule_prints.begin(), rule_prints.end(), std::back_inserter(table),
                 [version](const RulePrint& rule) { return (rule.versions >> version & 1U) != 0; });
    const auto features = features_of(table, sets);
    auto different = differences(table, sets, features);
    if (found && different.size() >= best.differences.size()) continue;
    found = true;
    best = {std::string(version_names[version]), {}, std::move(different)};
    for (std::size_t bit = 0; bit < toggle_names.size(); ++bit) {
      if ((features >> bit & 1U) != 0) best.features.push_back(switched_on(table, sets, bit));
    }
  }
  return best;
}

}  // namespace relayproof::sendmail
