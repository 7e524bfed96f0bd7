// Goes through a script as a shell would, and notes what it does to main.cf and master.cf. Runs
// nothing: a condition that the script does not settle by itself makes what stands under it
// possible, not certain.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/postconf_script_edits.h"

namespace relayproof::postfix {

class ScriptRun {
 public:
  /// Variables that are known before it starts.
  explicit ScriptRun(ScriptVariables variables) : variables_(std::move(variables)) {}

  /// Everything that the shell does with this text; under `branch`, if that is not 0.
  void run(const LogicalLine& source, std::size_t branch = 0);
  /// The same for one command whose words are known.
  void run(std::vector<ScriptValue> words, const LogicalLine& source, std::size_t branch = 0);
  std::size_t add_branch(ScriptBranch branch);

  ScriptVariables& variables() { return variables_; }
  ScriptReading take() { return std::move(reading_); }
  /// What stands from here on is not followed.
  void stop(SourceRange where, std::string text, const std::string& why) {
    reading_.stops.push_back(
        {std::move(where), std::move(text), false, "from here on the script was not read: " + why});
  }
  void add(ScriptEdit edit) { reading_.edits.push_back(std::move(edit)); }
  void forget_edits() { reading_.edits.clear(); }
  std::size_t edits() const { return reading_.edits.size(); }

 private:
  struct Sink {
    bool of_master = false;
    bool replaces = false;
  };
  struct Context {
    std::size_t branch = 0;
    std::size_t calls = 0;
    std::set<std::string> unless{};      // variables that a condition was taken to find unset
    std::optional<Sink> sink{};          // where standard output goes, if it is a file of Postfix
    const ScriptValue* input = nullptr;  // what comes in through a pipe
  };
  // How a command in a list ended: most are not looked at, and taken to succeed.
  struct Outcome {
    enum class Kind : std::uint8_t { yes, no, unknown, success } kind = Kind::success;
    std::set<std::string> unless{};
  };

  void walk(const shell::Node& node, Context context);
  void walk_sequence(const shell::Node& node, const Context& context);
  void walk_and_or(const shell::Node& node, const Context& context);
  void walk_pipeline(const shell::Node& node, const Context& context);
  void walk_group(const shell::Node& node, const Context& context);
  void walk_choice(const shell::Node& node, const Context& context);
  void walk_loop(const shell::Node& node, const Context& context);
  void walk_cases(const shell::Node& node, const Context& context);
  void walk_simple(const shell::Node& node, const Context& context);
  void walk_uncalled();

  void unwrap(std::vector<ScriptValue>& words, const shell::Node& node) const;
  void write_output(const std::vector<ScriptValue>& words, const Sink& sink,
                    const shell::Node& node, const Context& context);
  void command(std::vector<ScriptValue> words, const shell::Node& node, Context context);
  void run_text(const ScriptValue& text, Context context);
  void note_stop();
  void charge_copy();
  bool call(const std::string& name, const Context& context);
  bool built_in(std::string_view name, const std::vector<ScriptValue>& words,
                const Context& context);
  void run_postconf(const std::vector<ScriptValue>& arguments, const shell::Node& node,
                    const Context& context);
  void write(const ScriptValue* text, const Sink& sink, const shell::Node& node,
             const Context& context);
  void other_program(std::string_view name, const std::vector<ScriptValue>& words,
                     const shell::Node& node, const Context& context);
  void possible_settings(const std::vector<ScriptValue>& words, const shell::Node& node,
                         const Context& context);
  void tee(const std::vector<ScriptValue>& words, const shell::Node& node, const Context& context);

  void assign(const shell::Assignment& assignment, const Context& context);
  void assign_defaults(const shell::Node& node, const Context& context);
  void assign(std::string name, ScriptValue value, const Context& context);
  void declare(const std::vector<ScriptValue>& words, const Context& context);
  Context under(const shell::Node& node, const Context& context, std::set<std::string> unless = {});

  Outcome outcome(const shell::Node& node) const;
  Outcome test(const shell::Node& node) const;
  std::optional<Sink> sink_of(const shell::Node& node) const;
  std::optional<ScriptValue> output_of(const std::vector<ScriptValue>& words,
                                       const shell::Node& node, const Context& context) const;
  std::optional<ScriptValue> here_document_of(const shell::Node& node) const;
  std::vector<ScriptValue> words_of(const shell::Node& node) const;
  std::string line_at(std::size_t at) const;
  ScriptEdit edit(ScriptEdit::Kind kind, const shell::Node& node) const;
  void note(ScriptEdit edit, const Context& context);
  WordReader reader() const { return {*source_, variables_}; }

  ScriptVariables variables_;
  ScriptReading reading_;
  std::shared_ptr<const LogicalLine> source_;
  std::shared_ptr<const shell::Script> script_;
  struct Function {
    const shell::Node* body = nullptr;
    bool was_called = false;
  };
  std::map<std::string, Function, std::less<>> functions_;
  std::size_t steps_ = 0;
  bool has_noted_size_ = false;
  bool is_over_ = false;  // `exit`, or `exec` of another program
};

}  // namespace relayproof::postfix
