// Whatever a restriction list holds: items stand in it in order, each where it says it does, and
// what is malformed says why.
#include <cstdint>
#include <cstdlib>

#include "dialects/postfix/restrictions.h"

namespace relayproof::postfix {

int fuzz_restriction_parser(const std::uint8_t* data, std::size_t size);

// The first byte chooses the list and the version.
int fuzz_restriction_parser(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr Version versions[] = {{2, 10}, {3, 0}, {3, 5}, {3, 9}};
  const auto kind = static_cast<ListKind>(data[0] % 8);
  const std::string_view value(reinterpret_cast<const char*>(data) + 1, size - 1);
  const RestrictionList list = parse_restrictions(value, kind, versions[data[0] / 8 % 4]);
  std::size_t end = 0;
  for (const Restriction& item : list.items) {
    if (item.offset < end || item.offset + item.size > value.size()) std::abort();
    if (value.substr(item.offset, item.name.size()) != item.name) std::abort();
    if (value.substr(item.argument_offset, item.argument.size()) != item.argument) std::abort();
    if (item.kind != Restriction::Kind::word && item.problem.empty()) std::abort();
    end = item.offset + item.size;
  }
  has_required(list, [&list](std::string_view name) { return name.size() > 3 ? &list : nullptr; });
  return 0;
}

}  // namespace relayproof::postfix

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::postfix::fuzz_restriction_parser(data, size);
}
#endif
