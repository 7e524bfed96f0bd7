#include "dialects/postfix/postconf_script.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/postconf_script_docker.h"
#include "dialects/postfix/postconf_script_run.h"

namespace relayproof::postfix {
namespace {

constexpr std::uint64_t largest_script = 1u << 20;  // bytes
constexpr std::size_t most_files = 30;              // of one folder
constexpr int deepest_main_cf = 3;                  // folders below, in which one is searched

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_dockerfile_name(const std::string& name) {
  return name.starts_with("Dockerfile") || name.starts_with("Containerfile") ||
         to_lower(name).ends_with(".dockerfile");
}

// Names under which such scripts go when they have no suffix.
bool is_script_name(const std::string& name) {
  constexpr std::array<std::string_view, 9> stems{"entrypoint", "start", "run",   "setup",  "init",
                                                  "configure",  "boot",  "build", "postfix"};
  if (name.ends_with(".sh") || name.ends_with(".bash") || name.ends_with(".ash")) return true;
  return name.find('.') == std::string::npos &&
         std::ranges::any_of(
             stems, [&](std::string_view stem) { return contains_ignoring_case(name, stem); });
}

// Whether it can be worth reading as a script.
bool mentions_postfix(std::string_view text) {
  return std::ranges::any_of(
      std::array<std::string_view, 4>{"postconf", "main.cf", "master.cf", "postfix_"},
      [&](std::string_view word) { return contains_ignoring_case(text, word); });
}

std::shared_ptr<const std::string> script_text(const FileSystem& files, const std::string& path) {
  const auto info = files.info(path);
  if (info.kind != FileInfo::Kind::file || info.size > largest_script) return nullptr;
  const auto text = files.read(path);
  if (!text || !mentions_postfix(**text) || (*text)->find('\0') != std::string::npos) {
    return nullptr;
  }
  return *text;
}

LogicalLine source_of(std::string_view text, const std::string& file) {
  LogicalLine source{std::string(text), {}};
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size();) {
    source.lines.push_back({at, {file, line++, 1}});
    const auto newline = text.find('\n', at);
    at = newline == std::string_view::npos ? text.size() : newline + 1;
  }
  return source;
}

ScriptVariables variables_of(const std::map<std::string, std::string>& environment) {
  ScriptVariables variables;
  for (const auto& [name, value] : environment) {
    variables[name].append(value, SourceRange{"--env " + name, 0, 0});
  }
  return variables;
}

// Whether a main.cf is in the folder or below; also if there are too many folders to tell.
bool has_main_cf(const FileSystem& files, const std::string& folder, int depth,
                 std::size_t& folders_left) {
  if (folders_left-- == 1) {
    folders_left = 1;
    return true;
  }
  for (const auto& name : files.list(folder)) {
    const auto path = path_in(folder, name);
    const auto kind = files.info(path).kind;
    if (name == "main.cf" && kind == FileInfo::Kind::file) return true;
    const bool below = kind == FileInfo::Kind::folder && depth > 0 && name != ".git";
    if (below && has_main_cf(files, path, depth - 1, folders_left)) return true;
  }
  return false;
}

bool has_main_cf_below(const FileSystem& files, const std::string& folder) {
  std::size_t folders_left = 2'000;
  return has_main_cf(files, folder, deepest_main_cf, folders_left);
}

class Gathering {
 public:
  Gathering(const FileSystem& files, const std::map<std::string, std::string>& environment)
      : files_(files), environment_(environment), run_(variables_of(environment)) {}

  void file(const std::string& path) {
    const auto text = script_text(files_, path);
    if (text == nullptr) return;
    if (is_dockerfile(*text)) return docker(path, *text);
    shell(path, *text, true);
  }

  void folder(const std::string& path) {
    std::vector<std::string> scripts;
    std::vector<std::string> images;
    for (const auto& name : files_.list(path)) {
      if (is_dockerfile_name(name)) images.push_back(name);
      if (!is_dockerfile_name(name) && is_script_name(name)) scripts.push_back(name);
      if (scripts.size() + images.size() == most_files) break;
    }
    if (!images.empty()) {  // the first is `Dockerfile`, if there is one
      const auto image = path_in(path, images.front());
      if (const auto text = script_text(files_, image)) docker(image, *text);
      images.erase(images.begin());
    }
    for (const auto& name : scripts) {
      const auto script = path_in(path, name);
      const auto text = script_text(files_, script);
      const bool is_started = std::erase(found_.not_here, name) != 0;
      if (text != nullptr) shell(script, *text, is_started || scripts.size() == 1);
    }
  }

  std::optional<Scripts> finish(std::string folder) {
    found_.reading = run_.take();
    found_.folder = std::move(folder);
    if (!found_.reading.edits_postfix()) return std::nullopt;
    return std::move(found_);
  }

 private:
  void docker(const std::string& path, const std::string& text) {
    found_.files.push_back(path);
    for (const auto& program : run_dockerfile(text, path, run_)) {
      if (is_script_name(program) && program != "postfix") found_.not_here.push_back(program);
    }
    // Who starts the container can set them to something else.
    for (auto& [name, value] : run_.variables()) {
      if (!environment_.contains(name)) value.unless.insert(name);
    }
  }

  void shell(const std::string& path, const std::string& text, bool is_certain) {
    const auto edits = run_.edits();
    std::size_t branch = 0;
    if (!is_certain) {
      branch =
          run_.add_branch({{path, 1, 1}, base_name(path) + ", if it is this one that runs", {}});
    }
    run_.run(source_of(text, path), branch);
    if (run_.edits() != edits || found_.files.empty()) found_.files.push_back(path);
  }

  const FileSystem& files_;
  const std::map<std::string, std::string>& environment_;
  ScriptRun run_;
  Scripts found_;
};

}  // namespace

std::optional<Scripts> find_scripts(const FileSystem& files, const std::string& path,
                                    const std::map<std::string, std::string>& environment) {
  Gathering gathering(files, environment);
  switch (files.info(path).kind) {
    case FileInfo::Kind::file:
      if (base_name(path) == "main.cf" || base_name(path) == "master.cf") return std::nullopt;
      gathering.file(path);
      return gathering.finish(path_in(path, ".."));
    case FileInfo::Kind::folder:
      if (files.info(path_in(path, "main.cf")).kind == FileInfo::Kind::file) return std::nullopt;
      gathering.folder(path);
      if (auto found = gathering.finish(path); found && !has_main_cf_below(files, path)) {
        return found;
      }
      return std::nullopt;
    case FileInfo::Kind::missing:
    case FileInfo::Kind::other:
      break;
  }
  return std::nullopt;
}

}  // namespace relayproof::postfix
