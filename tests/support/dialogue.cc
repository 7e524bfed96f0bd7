#include "support/dialogue.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>

#include "support/golden.h"

namespace relayproof::testing_support {
namespace {

std::string unescaped_line(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      bytes += text[i];
      continue;
    }
    ++i;
    if (text[i] == 'c' && i + 1 == text.size()) return bytes;
    if (text[i] == 'x' && i + 2 < text.size()) {
      unsigned value = 0;
      std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
      bytes += static_cast<char>(value);
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return bytes + "\r\n";
}

void add_server_line(Dialogue& dialogue, std::string_view text) {
  if (dialogue.steps.empty() || dialogue.steps.back().by != Step::By::server) {
    dialogue.steps.push_back({Step::By::server, ""});
  }
  dialogue.steps.back().bytes += unescaped_line(text);
}

void add_line(Dialogue& dialogue, const std::string& line, const std::string& place) {
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) {
    ADD_FAILURE() << place << ": no colon in " << line;
    return;
  }
  const std::string name = line.substr(0, colon);
  const std::string value = line.size() > colon + 2 ? line.substr(colon + 2) : "";
  if (name == "S") {
    add_server_line(dialogue, value);
  } else if (name == "C") {
    dialogue.steps.push_back({Step::By::client, value + "\r\n"});
  } else if (name == "X") {
    dialogue.steps.push_back({Step::By::event, value});
  } else {
    dialogue.settings.push_back({name, value});
  }
}

}  // namespace

std::string Dialogue::setting(std::string_view name, std::string_view otherwise) const {
  const auto found = std::find_if(settings.rbegin(), settings.rend(),
                                  [&](const Setting& one) { return one.name == name; });
  return found == settings.rend() ? std::string(otherwise) : found->value;
}

Dialogue read_dialogue(const std::string& path) {
  Dialogue dialogue;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=>")) continue;
    dialogue.script += line + "\n";
    if (!line.empty() && line.front() != '#') add_line(dialogue, line, path);
  }
  return dialogue;
}

std::vector<std::string> files_in(const std::string& folder, std::string_view ending) {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().string().ends_with(ending)) found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) ADD_FAILURE() << "no files *" << ending << " in " << folder;
  return found;
}

}  // namespace relayproof::testing_support
