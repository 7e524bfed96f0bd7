// Replays the saved inputs of the fuzz targets.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/dialogue.h"
#include "support/golden.h"

int fuzz_exchange_json_parser(const std::uint8_t* data, std::size_t size);
int fuzz_exchange_clixml_parser(const std::uint8_t* data, std::size_t size);
int fuzz_exchange_list_parser(const std::uint8_t* data, std::size_t size);
int fuzz_exchange_registry_parser(const std::uint8_t* data, std::size_t size);

namespace relayproof::exchange {
namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

void replay(const std::string& name, Target target) {
  const std::string folder = RELAYPROOF_SOURCE_DIR "/fuzz/corpus/" + name;
  for (const std::string& file : testing_support::files_in(folder, "")) {
    SCOPED_TRACE(file);
    const std::string bytes = testing_support::read_file(file);
    EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
  }
}

TEST(Corpus, OfJsonIsRead) { replay("exchange_json_parser", fuzz_exchange_json_parser); }
TEST(Corpus, OfClixmlIsRead) { replay("exchange_clixml_parser", fuzz_exchange_clixml_parser); }
TEST(Corpus, OfListsIsRead) { replay("exchange_list_parser", fuzz_exchange_list_parser); }
TEST(Corpus, OfTheRegistryIsRead) {
  replay("exchange_registry_parser", fuzz_exchange_registry_parser);
}

}  // namespace
}  // namespace relayproof::exchange
