// Whatever stands in an .env file or a value, reading it ends, and without a dollar nothing
// changes.
#include <cstdint>
#include <cstdlib>

#include "deployment/variables_parser.h"

namespace relayproof::deployment {

int fuzz_variables_parser(const std::uint8_t* data, std::size_t size);

int fuzz_variables_parser(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto variables = parse_variables(text);
  for (const auto& [name, value] : variables) {
    if (name.empty()) std::abort();
  }
  const auto filled = interpolate(text, variables);
  if (filled && text.find(static_cast<char>(36)) == std::string_view::npos &&
      filled->text != text) {
    std::abort();
  }
  return 0;
}

}  // namespace relayproof::deployment

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::deployment::fuzz_variables_parser(data, size);
}
#endif
