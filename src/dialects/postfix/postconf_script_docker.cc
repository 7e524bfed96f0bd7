#include "dialects/postfix/postconf_script_docker.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/parameters.h"

namespace relayproof::postfix {
namespace {

struct Instruction {
  std::string name;     // `run`
  LogicalLine line;     // behind the name
  LogicalLine heredoc;  // the lines behind it, up to the last delimiter
};

bool is_comment(std::string_view line) { return trim(line).starts_with('#'); }

LogicalLine part_of(const LogicalLine& line, std::size_t begin) {
  begin = std::min(begin, line.text.size());
  return {line.text.substr(begin), slice(line.lines, begin, line.text.size())};
}

// Physical lines, and instructions of them.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  std::optional<Instruction> next() {
    LogicalLine whole;
    while (at_ < text_.size()) {
      const auto number = line_;
      auto line = take();
      if (trim(line).empty() || is_comment(line)) continue;
      while (line.ends_with('\r') || line.ends_with(' ') || line.ends_with('\t')) {
        line.remove_suffix(1);
      }
      const bool goes_on = line.ends_with('\\');
      if (goes_on) line.remove_suffix(1);
      whole.lines.push_back({whole.text.size(), {file_, number, 1}});
      whole.text += line;
      if (!goes_on) break;
    }
    if (whole.lines.empty()) return std::nullopt;
    const auto begin = std::min(whole.text.find_first_not_of(" \t"), whole.text.size());
    const auto end = std::min(whole.text.find_first_of(" \t", begin), whole.text.size());
    Instruction found{to_lower(whole.text.substr(begin, end - begin)), {}, {}};
    const auto behind = std::min(whole.text.find_first_not_of(" \t", end), whole.text.size());
    found.line = part_of(whole, behind);
    const bool takes_lines = found.name == "run" || found.name == "copy" || found.name == "add";
    if (takes_lines) read_here_documents(found);
    return found;
  }

 private:
  std::string_view take() {
    const auto end = std::min(text_.find('\n', at_), text_.size());
    const auto line = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++line_;
    return line;
  }

  // `<<EOF`, `<<-'EOF'`; no `<<<`, and no shift of numbers.
  void read_here_documents(Instruction& instruction) {
    const std::string& text = instruction.line.text;
    std::vector<std::string> delimiters;
    for (auto at = text.find("<<"); at != std::string::npos; at = text.find("<<", at)) {
      at += 2;
      if (at < text.size() && text[at] == '-') ++at;
      if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
      const auto end = std::min(text.find_first_of(" \t\"';&|<>()", at), text.size());
      auto name = text.substr(at, end - at);
      if (shell::is_name(name)) delimiters.push_back(std::move(name));
      at = end;
    }
    for (const auto& delimiter : delimiters) {
      for (bool ends = false; !ends && at_ < text_.size();) {
        const auto number = line_;
        const auto line = take();
        ends = trim(line) == delimiter;
        auto& to = instruction.heredoc;
        to.lines.push_back({to.text.size(), {file_, number, 1}});
        to.text += std::string(line) + '\n';
      }
    }
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

void join(LogicalLine& to, const LogicalLine& more) {
  for (const auto& each : more.lines)
    to.lines.push_back({to.text.size() + each.offset, each.where});
  to.text += more.text;
}

// `["word", "word"]`; nullopt if it is nothing of the kind.
std::optional<std::vector<ScriptValue>> json_words(const LogicalLine& line) {
  constexpr std::string_view letters = "\"\\/nt";
  constexpr std::string_view meant = "\"\\/\n\t";
  const std::string& text = line.text;
  std::vector<ScriptValue> found;
  const auto blanks = [&](std::size_t at) {
    return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  };
  auto at = blanks(0);
  if (at == text.size() || text[at] != '[') return std::nullopt;
  at = blanks(at + 1);
  while (at < text.size() && text[at] != ']') {
    if (text[at] != '"') return std::nullopt;
    ScriptValue word;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      const auto begin = at;
      if (text[at] != '\\') {
        at = std::min(text.find_first_of("\"\\", at), text.size()) - 1;
        word.append(std::string_view(text).substr(begin, at + 1 - begin), line.locate(begin));
        continue;
      }
      if (++at == text.size()) return std::nullopt;
      const auto letter = letters.find(text[at]);
      if (letter == std::string_view::npos) return std::nullopt;
      word.append(meant.substr(letter, 1), line.locate(begin));
    }
    if (at == text.size()) return std::nullopt;
    if (word.line.lines.empty()) word.append("", line.locate(at));
    found.push_back(std::move(word));
    at = blanks(at + 1);
    if (at < text.size() && text[at] == ',') at = blanks(at + 1);
  }
  if (at == text.size()) return std::nullopt;
  return found;
}

std::string base_name(std::string_view path) {
  return std::string(
      path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1));
}

class Build {
 public:
  explicit Build(ScriptRun& run) : run_(run), given_(run.variables()), kept_(given_) {}

  void apply(const Instruction& instruction) {
    for (const auto& [name, step] : steps) {
      if (instruction.name == name) return (this->*step)(instruction);
    }
  }

  // What the container runs when it starts.
  std::vector<std::string> finish() {
    run_.variables() = kept_;
    std::vector<std::string> programs;
    for (const auto* start : {&entrypoint_, &command_}) {
      if (!*start) continue;
      run_line((*start)->line);
      auto words = json_words((*start)->line);
      if (!words) words = plain_words((*start)->line);
      for (std::size_t i = 0; i < words->size(); ++i) {
        const auto& text = (*words)[i].text();
        const bool is_first = i == 0 && programs.empty();
        if (is_first || text.starts_with('/')) programs.push_back(base_name(text));
      }
    }
    return programs;
  }

 private:
  std::vector<ScriptValue> plain_words(const LogicalLine& line) const {
    const auto script = shell::parse(line);
    const WordReader reader(line, kept_);
    std::vector<ScriptValue> found;
    const auto* node = &script.root;
    while (!node->children.empty()) node = &node->children.front();
    for (const auto& word : node->words) found.push_back(reader.text(word));
    return found;
  }

  // Another image's main.cf is the base, unless it is an earlier stage of this one.
  void from(const Instruction& instruction) {
    const auto names = words(instruction.line.text);
    std::vector<std::string> plain;
    for (const auto name : names) {
      if (!name.starts_with("--")) plain.emplace_back(to_lower(name));
    }
    if (plain.empty()) return;
    if (!stages_.contains(plain.front())) {
      run_.forget_edits();
      kept_ = given_;
    }
    if (plain.size() == 3 && plain[1] == "as") stages_.insert(plain[2]);
    entrypoint_.reset();
    command_.reset();
  }

  // Assignments of one instruction do not last.
  void run_line(const LogicalLine& line) {
    run_.variables() = kept_;
    if (auto exec = json_words(line)) {
      run_.run(std::move(*exec), line);
    } else {
      run_.run(line);
    }
    run_.variables() = kept_;
  }

  void run_instruction(const Instruction& instruction) {
    LogicalLine line = instruction.line;
    while (line.text.starts_with("--")) {  // --mount=…
      const auto end = std::min(line.text.find_first_of(" \t"), line.text.size());
      line = part_of(line, std::min(line.text.find_first_not_of(" \t", end), line.text.size()));
    }
    if (instruction.heredoc.text.empty()) return run_line(line);
    if (line.text.starts_with("<<")) {  // the lines are the script
      LogicalLine body = instruction.heredoc;
      const auto last = body.text.rfind('\n', body.text.size() - 2);
      body.text.resize(last == std::string::npos ? 0 : last + 1);
      return run_line(body);
    }
    line.lines.push_back({line.text.size(), line.locate(line.text.size())});
    line.text += '\n';
    join(line, instruction.heredoc);
    run_line(line);
  }

  void copy(const Instruction& instruction) {
    auto words = plain_words(instruction.line);
    std::erase_if(words, [](const ScriptValue& word) { return word.text().starts_with("--"); });
    if (words.size() < 2) return;
    ScriptValue program;
    program.append("cp", instruction.line.locate(0));
    words.insert(words.begin(), program);
    run_.run(std::move(words), instruction.line);
  }

  void set(std::string name, ScriptValue value, const LogicalLine& line) {
    hand_to_postconf(name, value, line);
    kept_.insert_or_assign(std::move(name), std::move(value));
  }

  // `POSTFIX_mynetworks=…`, as images that set each such variable by postconf want it.
  void hand_to_postconf(const std::string& name, const ScriptValue& value,
                        const LogicalLine& line) {
    constexpr std::string_view prefix = "postfix_";
    const auto lower = to_lower(name);
    if (!lower.starts_with(prefix)) return;
    const auto parameter = lower.substr(prefix.size());
    if (find_parameter(parameter) == nullptr) return;
    ScriptEdit edit;
    edit.kind = ScriptEdit::Kind::set;
    edit.target = parameter;
    edit.where = line.locate(0);
    edit.written = name + "=" + value.text();
    edit.value.append(parameter + "=", value.line.locate(0));
    edit.value.append(value);
    if (handing_branch_ == 0) {
      handing_branch_ = run_.add_branch(
          {edit.where, "the image's start script hands POSTFIX_... to postconf", {}});
    }
    edit.branch = handing_branch_;
    run_.add(std::move(edit));
  }

  // `NAME=value …`, or of old `NAME value`.
  void environment(const Instruction& instruction) {
    const auto& line = instruction.line;
    const auto script = shell::parse(line);
    const WordReader reader(line, kept_);
    const auto* node = &script.root;
    while (!node->children.empty()) node = &node->children.front();
    for (const auto& assignment : node->assignments) {
      set(assignment.name, reader.text(assignment.value), line);
    }
    if (!node->assignments.empty() || node->words.size() < 2) return;
    const auto name = reader.text(node->words.front()).text();
    ScriptValue value;
    for (std::size_t i = 1; i < node->words.size(); ++i) {
      if (i > 1) value.append(" ", line.locate(node->words[i].begin));
      value.append(reader.text(node->words[i]));
    }
    set(name, std::move(value), line);
  }

  // Its default; `--build-arg` may say another.
  void argument(const Instruction& instruction) {
    const auto& line = instruction.line;
    const auto script = shell::parse(line);
    const WordReader reader(line, kept_);
    const auto* node = &script.root;
    while (!node->children.empty()) node = &node->children.front();
    for (const auto& assignment : node->assignments) {
      auto value = reader.text(assignment.value);
      value.unless.insert(assignment.name);
      kept_.insert_or_assign(assignment.name, std::move(value));
    }
  }

  void entrypoint(const Instruction& instruction) { entrypoint_ = instruction; }
  void start_command(const Instruction& instruction) { command_ = instruction; }

  using Step = void (Build::*)(const Instruction&);
  static constexpr std::array<std::pair<std::string_view, Step>, 8> steps{{
      {"from", &Build::from},
      {"run", &Build::run_instruction},
      {"copy", &Build::copy},
      {"add", &Build::copy},
      {"env", &Build::environment},
      {"arg", &Build::argument},
      {"entrypoint", &Build::entrypoint},
      {"cmd", &Build::start_command},
  }};

  ScriptRun& run_;
  const ScriptVariables given_;
  ScriptVariables kept_;
  std::set<std::string> stages_;
  std::optional<Instruction> entrypoint_;
  std::optional<Instruction> command_;
  std::size_t handing_branch_ = 0;
};

}  // namespace

bool is_dockerfile(std::string_view text) {
  const std::string file;
  const auto first = Reader(text, file).next();
  return first && (first->name == "from" || first->name == "arg") && !first->line.text.empty();
}

std::vector<std::string> run_dockerfile(std::string_view text, const std::string& file,
                                        ScriptRun& run) {
  constexpr std::size_t most_instructions = 2'000;
  Reader reader(text, file);
  Build build(run);
  std::size_t count = 0;
  for (auto next = reader.next(); next; next = reader.next()) {
    if (++count > most_instructions) {
      run.stop(next->line.locate(0), next->line.text, "more than 2,000 instructions");
      break;
    }
    build.apply(*next);
  }
  return build.finish();
}

}  // namespace relayproof::postfix
