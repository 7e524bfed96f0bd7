// Any bytes as a script and as a Dockerfile: the reading ends, and each character of each setting
// that the script itself holds stands where the setting says it does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "dialects/postfix/postconf_script.h"

int fuzz_postconf_script_parser(const std::uint8_t* data, std::size_t size);

namespace {

using namespace relayproof;

// An escape is another character than the one that it stands for.
bool stands_there(const std::vector<std::string_view>& lines, const SourceRange& where, char c) {
  if (where.line == 0 || where.line > lines.size()) return false;
  const auto line = lines[where.line - 1];
  if (where.column == 0 || where.column > line.size() + 1) return false;
  const bool is_end = where.column == line.size() + 1;
  return is_end || line[where.column - 1] == c || line[where.column - 1] == '\\' || c == ' ' ||
         c == '\n' || c == '\t' || c == '%';
}

void read_as(const std::string& name, const std::string& bytes) {
  MemoryFiles files;
  files.add(name, bytes);
  const auto lines = split(bytes, '\n');
  const auto scripts = postfix::find_scripts(files, name, {});
  if (!scripts) return;
  std::set<std::size_t> all;
  for (const auto branch : postfix::telling_branches(*scripts)) all.insert(branch);
  for (const auto& running : {std::set<std::size_t>{}, all}) {
    const auto made = postfix::files_of(*scripts, running);
    for (const auto& setting : made.settings) {
      for (std::size_t i = 0; i < setting->text.size(); ++i) {
        if (!stands_there(lines, setting->locate(i), setting->text[i])) std::abort();
      }
    }
    (void)postfix::read(files, *scripts, running, {});
  }
}

}  // namespace

int fuzz_postconf_script_parser(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  read_as("/p/run.sh", bytes);
  read_as("/p/Dockerfile", "FROM a\n" + bytes);
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_postconf_script_parser(data, size);
}
#endif
