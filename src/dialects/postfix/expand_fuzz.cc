// Any main.cf, any version: expansion ends, and each character of a result can be traced.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/file_system.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/coverage.h"

namespace {

using relayproof::postfix::Value;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_traceable(const Value& value) {
  require(value.setting != nullptr && !value.uses.empty());
  if (value.failed) return require(value.text.empty() && value.pieces.empty());
  std::size_t end = 0;
  for (const Value::Piece& piece : value.pieces) {
    require(piece.begin == end && piece.end > piece.begin);
    end = piece.end;
    if (!piece.copied) continue;
    const std::size_t size = piece.end - piece.begin;
    require(piece.setting->text.compare(piece.offset, size, value.text, piece.begin, size) == 0);
  }
  require(end == value.text.size());
}

}  // namespace

int fuzz_expand(const std::uint8_t* data, std::size_t size);

int fuzz_expand(const std::uint8_t* data, std::size_t size) {
  using namespace relayproof::postfix;
  const std::string bytes(data, data + size);
  const relayproof::MemoryFiles files({{"/etc/postfix/main.cf", bytes}});
  for (const char* version : {"2.10", "3.0", "3.5", "3.9"}) {
    Host host;
    host.mta_version = version;
    const auto config = read(files, "/etc/postfix", host);
    require(config.has_value());
    for (const SettingPtr& setting : config->settings()) {
      require_traceable(config->effective(setting->name));
      for (const Service& service : config->services()) {
        if (service.command == "smtpd") {
          require_traceable(config->effective_under_stress(service, setting->name));
        }
      }
    }
    require_traceable(config->effective("mynetworks"));
    require_traceable(config->effective("relay_domains"));
    coverage(*config);
  }
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_expand(data, size);
}
#endif
