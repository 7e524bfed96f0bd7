// Whatever a log says, it is summed up; no source sends more than there were lines, and where the
// log is cut into blocks makes no difference.
#include <cstdint>
#include <cstdlib>

#include "logs/joiner.h"

namespace relayproof::logs {

int fuzz_joiner(const std::uint8_t* data, std::size_t size);

namespace {

Summary summarise(std::string_view log, std::size_t cut) {
  StampReader stamps([](Time local) { return local; }, 1795331287);
  JoinOptions options;
  options.own_domains = {"example.com"};
  options.most_messages = 16;
  options.most_sources = 8;
  Joiner joiner(options);
  Batch batch;
  for (const auto part : {log.substr(0, cut), log.substr(cut)}) {
    const std::string copy(part);
    if (!copy.empty()) {
      read_block(copy, stamps, batch);
      joiner.add(batch);
    }
  }
  return joiner.finish(std::nullopt);
}

}  // namespace

int fuzz_joiner(const std::uint8_t* data, std::size_t size) {
  const std::string_view log(reinterpret_cast<const char*>(data), size);
  const auto whole = summarise(log, log.size());
  for (const auto& source : whole.sources) {
    if (source.messages + source.sent > 2 * whole.lines) std::abort();
  }
  const auto middle = log.find('\n', log.size() / 2);
  if (middle == std::string_view::npos || log.starts_with('{')) return 0;
  if (log.substr(middle + 1).starts_with('{')) return 0;
  const auto cut = summarise(log, middle + 1);
  if (cut.sources.size() != whole.sources.size() || cut.lines != whole.lines) std::abort();
  return 0;
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_joiner(data, size);
}
#endif
