#include "dialects/opensmtpd/recognise.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace relayproof::opensmtpd {
namespace {

// With what must follow, where the word alone could be anybody's.
struct Opening {
  std::string_view first;
  std::string_view second;
  bool tells = false;  // nobody else's lines begin so
};
constexpr std::array<Opening, 24> openings = {{
    {"listen", "on", true},   {"match", "from", true}, {"match", "for", true},
    {"match", "auth", true},  {"match", "tag", true},  {"match", "!", true},
    {"accept", "from", true}, {"accept", "for", true}, {"accept", "tagged", true},
    {"reject", "from", true}, {"action", "", true},    {"table", "", true},
    {"pki", "", false},       {"filter", "", false},   {"ca", "", false},
    {"queue", "", false},     {"limit", "", false},    {"expire", "", false},
    {"smtp", "", false},      {"mta", "", false},      {"srs", "", false},
    {"bounce", "", false},    {"include", "", false},  {"proc", "", false},
}};

const Opening* opening_of(std::string_view line) {
  const auto found = words(line);
  if (found.empty()) return nullptr;
  const auto* const is = std::find_if(openings.begin(), openings.end(), [&](const Opening& each) {
    const bool second =
        each.second.empty() || (found.size() > 1 && found[1].starts_with(each.second));
    return found[0] == each.first && second && found.size() > 1;
  });
  return is == openings.end() ? nullptr : is;
}

}  // namespace

bool looks_like_smtpd_conf(std::string_view text) {
  std::size_t lines = 0;
  std::size_t known = 0;
  bool tells = false;
  bool continued = false;
  for (const auto raw : split(text, '\n')) {
    const auto line = trim(raw);
    const bool follows = continued;
    continued = line.ends_with('\\');
    if (line.empty() || line.front() == '#' || follows) continue;
    // Setting a macro, or the end of a list.
    if (line.find('=') != std::string_view::npos && opening_of(line) == nullptr) continue;
    ++lines;
    if (const auto* opening = opening_of(line)) {
      ++known;
      tells = tells || opening->tells;
    }
  }
  return tells && 2 * known >= lines;
}

bool recognise(const FileSystem& files, const std::string& path) {
  const auto kind = files.info(path).kind;
  if (kind != FileInfo::Kind::folder && kind != FileInfo::Kind::file) return false;
  const auto content =
      files.read(kind == FileInfo::Kind::folder ? path_in(path, "smtpd.conf") : path);
  return content && looks_like_smtpd_conf(**content);
}

}  // namespace relayproof::opensmtpd
