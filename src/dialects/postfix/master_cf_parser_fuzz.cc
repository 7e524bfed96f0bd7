// Any bytes as master.cf: each character of each override stands where its setting says it does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "dialects/postfix/master_syntax.h"

int fuzz_master_cf_parser(const std::uint8_t* data, std::size_t size);

int fuzz_master_cf_parser(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof;
  const std::string bytes(data, data + size);
  const std::vector<std::string_view> lines = split(bytes, '\n');
  for (const bool braces : {true, false}) {
    const postfix::MasterRules rules{.chroot_by_default = !braces, .braces = braces};
    const postfix::MasterCf parsed = postfix::parse_master_cf(bytes, "master.cf", rules);
    for (const postfix::Service& service : parsed.services) {
      if ((service.type == postfix::Service::Type::inet) != service.endpoint.has_value()) {
        std::abort();
      }
      for (const postfix::SettingPtr& setting : service.overrides) {
        for (std::size_t i = 0; i < setting->text.size(); ++i) {
          const SourceRange where = setting->locate(i);
          if (where.line == 0 || where.line > lines.size()) std::abort();
          if (lines[where.line - 1].substr(where.column - 1, 1) != setting->text.substr(i, 1)) {
            std::abort();
          }
        }
      }
    }
  }
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_master_cf_parser(data, size);
}
#endif
