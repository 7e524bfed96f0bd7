// Any bytes as main.cf: each character of each value stands where its setting says it does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "dialects/postfix/syntax.h"

int fuzz_main_cf_parser(const std::uint8_t* data, std::size_t size);

int fuzz_main_cf_parser(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof;
  const std::string bytes(data, data + size);
  const std::vector<std::string_view> lines = split(bytes, '\n');
  const postfix::MainCf parsed = postfix::parse_main_cf(bytes, "main.cf");
  for (const postfix::SettingPtr& setting : parsed.settings) {
    for (std::size_t i = 0; i < setting->text.size(); ++i) {
      const SourceRange where = setting->locate(i);
      if (where.line == 0 || where.line > lines.size()) std::abort();
      const std::string_view line = lines[where.line - 1];
      if (where.column == 0 || where.column > line.size()) std::abort();
      if (line[where.column - 1] != setting->text[i]) std::abort();
    }
  }
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_main_cf_parser(data, size);
}
#endif
