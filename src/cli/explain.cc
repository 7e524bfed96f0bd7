#include "report/explain.h"

#include <cstdio>
#include <fstream>
#include <iostream>

#include "base/text.h"
#include "cli/asking.h"
#include "cli/attempts_file.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/exit_status.h"
#include "cli/output.h"

namespace relayproof::cli {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20U;

std::vector<std::string> doubts_of(const dialects::Loaded& loaded) {
  std::vector<std::string> doubts;
  for (const auto& assumption : loaded.assumptions) {
    if (assumption.decisive) doubts.push_back(assumption.text + ": " + assumption.says);
  }
  return doubts;
}

report::Explained explained(const Configuration& configuration, const policy::Attempt& attempt,
                            const std::vector<std::string>& doubts) {
  const auto& policy = configuration.loaded.policy;
  report::Explained result{policy, attempt, {}, {}, doubts};
  const auto listener = policy::listener_for(policy, attempt);
  if (!listener || !policy.listeners.at(*listener).runs || !configuration.loaded.runs) {
    return result;
  }
  result.listener = policy.listeners.at(*listener).name;
  // A screen keeps no stranger out for good; whether it stops this one attempt is not known.
  policy::DecideOptions options;
  options.screens_refuse = true;
  options.ignores_doubts = true;
  const auto& decides = configuration.loaded.decides;
  result.decision = decides ? decides(policy, *listener, attempt)
                            : policy::decide(policy, *listener, attempt, options);
  return result;
}

int status_of(const report::Explained& explained) {
  if (explained.decision.relay == Truth::yes) return critical;
  const bool undecided = explained.decision.reply == policy::Decision::Reply::undecided;
  return undecided || !explained.doubts.empty() ? unknown : ok;
}

int explain_one(const Arguments& arguments, const Configuration& configuration) {
  const auto doubts = doubts_of(configuration.loaded);
  const auto result = explained(configuration, arguments.inside.attempt, doubts);
  const std::string text = arguments.format == Format::text
                               ? report::explain_text(result, text_options(arguments))
                           : arguments.format == Format::json ? report::explain_json(result)
                                                              : report::explain_json_line(result);
  const auto written = write_output(arguments.output, text);
  if (!written) return complain(written.error());
  return status_of(result);
}

// Answers in the order of the questions, a line each, written as they come unless they go to a
// file.
class Stream {
 public:
  explicit Stream(const std::string& output) : output_(output) {}
  Result<bool> add(std::string line) {
    text_ += line;
    return output_.empty() && text_.size() > (1U << 16U) ? flush() : Result<bool>(true);
  }
  Result<bool> flush() {
    const auto written = write_output(output_, text_);
    text_.clear();
    return written;
  }

 private:
  const std::string& output_;
  std::string text_;
};

int explain_many(const Arguments& arguments, const Configuration& configuration) {
  const std::string& name = arguments.inside.attempts_file;
  std::ifstream file;
  if (name != "-") file.open(name);
  std::istream& input = name == "-" ? std::cin : file;
  if (!input) return complain({"cannot read", SourceRange{name, 0, 0}});
  const auto doubts = doubts_of(configuration.loaded);
  Stream stream(arguments.output);
  int status = ok;
  std::string line;
  for (std::size_t number = 1; std::getline(input, line); ++number) {
    if (trim(line).empty()) continue;
    if (line.size() > longest_line) {
      return complain({"the line is longer than 1 MiB", SourceRange{name, number, 1}});
    }
    const auto attempt = parse_attempt(line, name, number);
    if (!attempt) {
      if (arguments.output.empty() && !stream.flush()) return unknown;
      return complain(attempt.error());
    }
    const auto result = explained(configuration, *attempt, doubts);
    status = worse(status, status_of(result));
    if (const auto written = stream.add(report::explain_json_line(result)); !written) {
      return complain(written.error());
    }
  }
  const auto written = stream.flush();
  return written ? status : complain(written.error());
}

}  // namespace

int explain(const Arguments& arguments) {
  const auto configuration = load_configuration(arguments.inside, arguments.inside.path);
  if (!configuration) return complain(configuration.error());
  return arguments.inside.attempts_file.empty() ? explain_one(arguments, *configuration)
                                                : explain_many(arguments, *configuration);
}

}  // namespace relayproof::cli
