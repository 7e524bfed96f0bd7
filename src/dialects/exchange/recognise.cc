#include "dialects/exchange/recognise.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/exchange/export_text.h"

namespace relayproof::exchange {
namespace {

constexpr std::size_t looked_at = std::size_t{1} << 20U;
constexpr std::size_t largest = std::size_t{64} << 20U;
constexpr std::size_t most_files = 64;

// How exports are usually called; a folder full of other things is not read through.
constexpr std::array<std::string_view, 5> usual_names = {"connector", "permission", "accepted",
                                                         "exchange", "msexchangeimc"};
constexpr std::array<std::string_view, 5> usual_ends = {".json", ".xml", ".clixml", ".txt", ".reg"};
constexpr std::array<std::string_view, 3> script_ends = {".ps1", ".psm1", ".mof"};

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// `name : `, `"name":`, `N="name"`, or the head of a column above a line of dashes.
bool is_property(std::string_view text, std::size_t at, std::size_t size) {
  const char before = at == 0 ? '\n' : text[at - 1];
  if (is_of_word(before)) return false;
  if (before == '"' && at >= 3 && text.substr(at - 3, 2) == "n=") return true;
  auto end = at + size;
  if (end < text.size() && is_of_word(text[end])) return false;
  if (before == '"' && end < text.size() && text[end] == '"') ++end;
  const auto next = text.find_first_not_of(" \t\r", end);
  if (next != std::string_view::npos && text[next] == ':') return true;
  const auto line_end = text.find('\n', end);
  return line_end != std::string_view::npos && text.substr(line_end + 1).starts_with("--");
}

bool has_property(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    if (is_property(text, at, name.size())) return true;
  }
  return false;
}

template <std::size_t size>
bool ends_with_one(std::string_view name, const std::array<std::string_view, size>& ends) {
  return std::any_of(ends.begin(), ends.end(),
                     [&](std::string_view end) { return name.ends_with(end); });
}

bool is_script_name(std::string_view file) { return ends_with_one(to_lower(file), script_ends); }

bool has_usual_name(std::string_view file) {
  const auto lower = to_lower(file);
  const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  return is_script_name(lower) || (ends_with_one(lower, usual_ends) &&
                                   std::any_of(usual_names.begin(), usual_names.end(), has));
}

// What only mentions connectors is a script if it is called one.
Content content_at(const FileSystem& files, const std::string& path) {
  const auto info = files.info(path);
  if (info.kind != FileInfo::Kind::file || info.size > largest) return Content::other;
  const auto bytes = files.read(path);
  const auto content = bytes ? content_of(**bytes) : Content::other;
  return content == Content::script && !is_script_name(path) ? Content::other : content;
}

bool is_worth_reading(Content content) {
  return content == Content::connectors || content == Content::registry ||
         content == Content::script;
}

}  // namespace

Content content_of(std::string_view bytes) {
  const auto decoded = ExportText::decode("", bytes.substr(0, looked_at));
  if (!decoded) return Content::other;
  const auto text = to_lower(decoded->text());
  const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  if (has("msexchangeimc") && (has("windows registry editor") || has("regedit4"))) {
    return Content::registry;
  }
  if (has_property(text, "remoteipranges") && has_property(text, "bindings")) {
    return Content::connectors;
  }
  if (has_property(text, "extendedrights")) return Content::permissions;
  if (has_property(text, "domaintype") && has_property(text, "domainname")) {
    return Content::accepted_domains;
  }
  return has("receiveconnector") ? Content::script : Content::other;
}

std::vector<std::string> export_files(const FileSystem& files, const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& name : files.list(folder)) {
    if (!has_usual_name(name)) continue;
    const auto path = path_in(folder, name);
    if (content_at(files, path) != Content::other) found.push_back(path);
    if (found.size() >= most_files) break;
  }
  return found;
}

bool recognise(const FileSystem& files, const std::string& path) {
  const auto kind = files.info(path).kind;
  if (kind == FileInfo::Kind::file) return is_worth_reading(content_at(files, path));
  if (kind != FileInfo::Kind::folder) return false;
  const auto found = export_files(files, path);
  return std::any_of(found.begin(), found.end(), [&](const std::string& file) {
    return is_worth_reading(content_at(files, file));
  });
}

}  // namespace relayproof::exchange
