// The interpreter of the rewriting language (op, section 5.1): rule sets run on token lists, as
// Sendmail runs them. What hangs on a fact outside the files is asked of whoever runs it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/sendmail/cf.h"
#include "dialects/sendmail/cf_tokens.h"
#include "dialects/sendmail/maps.h"

namespace relayproof::sendmail {

/// What a run of a rule set came to, as an exit status of the program.
enum class RunStatus : std::uint8_t { ok, fails_for_now, broken };

/// A rule set that is entered or left, or a rule that matched.
struct RunStep {
  enum class Kind : std::uint8_t { enters, leaves, rule };
  Kind kind = Kind::rule;
  std::string set;
  SourceRange where;  ///< of a rule
  Tokens tokens;      ///< entering and leaving: all of them; a rule: what it made
};

/// Asked for a hidden fact; gives the number of the answer that counts in this run.
using AskHidden = std::function<std::size_t(std::string_view map, const std::string& key,
                                            const MapResult& result)>;

/// Where each wildcard of a left hand side stands in what it matched: [first, last).
struct Matched {
  struct Span {
    std::size_t first = 0, last = 0;
  };
  std::vector<Span> spans;
};

class Rewriter {
 public:
  /// All outlive it. Macros are the file's until set() changes them.
  Rewriter(const Cf& cf, const Maps& maps, AskHidden ask);

  struct Ran {
    Tokens tokens;
    RunStatus status = RunStatus::ok;
  };
  /// Runs the rule set; one that is not defined changes nothing.
  Ran run(std::string_view rule_set, Tokens tokens);

  void set(std::string_view macro, std::string value);
  void unset(std::string_view macro);
  std::string macro(std::string_view name) const;

  const Tokenizer& tokenizer() const { return tokenizer_; }
  char space() const { return space_; }  ///< what `O BlankSub` puts between two words

  const std::vector<RunStep>& steps() const { return steps_; }
  /// Why the run says nothing: a loop, too deep a recursion, a rule set that is not there, an
  /// answer that can be any text. The first one; empty: it says something.
  const std::string& trouble() const { return trouble_; }
  const SourceRange& trouble_at() const { return trouble_at_; }
  void record_steps(bool all) { records_all_ = all; }

 private:
  struct Asked {  // of a map
    std::string key;
    Tokens key_tokens;
    std::vector<std::string> arguments;
    std::optional<std::string> otherwise;
  };
  using Calls = std::vector<std::pair<std::size_t, const CfRuleSet*>>;

  Ran rewrite(const CfRuleSet& set, Tokens tokens, int depth);
  bool is_too_deep(const CfRuleSet& set, int depth);
  std::optional<Matched> matched(const CfRule& rule, const Tokens& tokens);
  bool apply(const CfRule& rule, const Matched& found, int depth, Ran& ran);
  std::optional<Tokens> substituted(const CfRule& rule, std::size_t begin, const Tokens& tokens,
                                    const Matched& matched);
  Asked asked_of(const Tokens& lookup) const;
  void set_macro(const Asked& asked);
  std::optional<Calls> calls_in(Tokens& tokens, const SourceRange& where);
  bool look_up_maps(Tokens& tokens, RunStatus& status, const SourceRange& where);
  std::optional<Tokens> answer(const Tokens& lookup, RunStatus& status, const SourceRange& where);
  Tokens cut_answer(const std::string& text, bool from_map);
  RunStatus call_rule_sets(Tokens& tokens, int depth, const SourceRange& where);
  void in_trouble(std::string why, const SourceRange& where);
  void step(RunStep::Kind kind, const CfRuleSet& set, const SourceRange& where,
            const Tokens& tokens);

  const Cf& cf_;
  const Maps& maps_;
  AskHidden ask_;
  Tokenizer tokenizer_;
  char space_ = ' ';
  int deepest_ = 50;
  MacroNames names_;  // the file's, and those that rules set
  std::map<MacroId, CfMacro> macros_;
  std::vector<RunStep> steps_;
  std::size_t budget_;
  bool records_all_ = false;
  std::string trouble_;
  SourceRange trouble_at_;
};

/// The first way in which the pattern matches all tokens, as Sendmail tries them: a wildcard takes
/// as little as it can. `doubtful` is set to a class that a word was not found in although not all
/// of its members are known. A pattern of many wildcards can take for ever: it fails when `budget`
/// is spent.
struct Matching {
  const Cf& cf;
  const std::map<MacroId, CfMacro>& macros;
  const Tokenizer& tokenizer;
  char space;
  std::size_t& budget;  ///< pieces that may still be tried
};
std::optional<Matched> match(const Tokens& pattern, const Tokens& tokens, const Matching& with,
                             MacroId& doubtful);

}  // namespace relayproof::sendmail
