// Any bytes are a line or none, and what is read stands in the line, in its order; except the
// program of a line of Exim's own files, which name none.
#include <cstdint>
#include <cstdlib>

#include "logs/syslog_parser.h"

namespace relayproof::logs {

int fuzz_syslog_parser(const std::uint8_t* data, std::size_t size);

int fuzz_syslog_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  LogLine out;
  if (!read_syslog_line(line, out)) return 0;
  const char* at = line.data();
  const auto program = out.program == "exim" ? std::string_view{} : out.program;
  for (const auto part : {out.stamp, out.host, program, out.text}) {
    if (part.empty()) continue;
    if (part.data() < at || part.data() + part.size() > line.data() + line.size()) std::abort();
    at = part.data() + part.size();
  }
  return 0;
}

}  // namespace relayproof::logs

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::logs::fuzz_syslog_parser(data, size);
}
#endif
