// Whatever a match list and the file it names hold: each pattern stands where it says it does, and
// what fails says why.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "dialects/postfix/mynetworks.h"

namespace relayproof::postfix {

int fuzz_match_list_parser(const std::uint8_t* data, std::size_t size);

namespace {

void check(const ClientList& clients) {
  const MatchList& list = clients.list;
  if (clients.patterns.size() != list.elements.size()) std::abort();
  for (const auto& pattern : clients.patterns) {
    const ListElement& element = list.elements[pattern.element];
    const bool fails = pattern.kind == ClientPattern::Kind::failing;
    if (element.text.empty() || fails != !pattern.says.empty()) std::abort();
    if (list.locate(element)) continue;
    const std::string& value = *list.sources[0].text->content;
    const auto word = std::string_view(value).substr(element.column);
    if (word.substr(word.find_first_not_of('!')).substr(0, element.text.size()) != element.text) {
      std::abort();
    }
  }
}

}  // namespace

// The first byte chooses the version; the value ends at the first zero byte, behind which the file
// /f begins.
int fuzz_match_list_parser(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr Version versions[] = {{2, 10}, {3, 0}, {3, 7}, {3, 9}};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t end = std::min(text.find('\0'), text.size());
  MemoryFiles files;
  files.add("/f", std::string(text.substr(std::min(end + 1, text.size()))));
  check(parse_client_list(files, text.substr(0, end), versions[data[0] % 4]));
  return 0;
}

}  // namespace relayproof::postfix

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::postfix::fuzz_match_list_parser(data, size);
}
#endif
