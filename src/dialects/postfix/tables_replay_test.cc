// The saved inputs of the fuzz targets of tables and lists, run as tests.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace relayproof::postfix {

int fuzz_table_parser(const std::uint8_t* data, std::size_t size);
int fuzz_pattern_table_parser(const std::uint8_t* data, std::size_t size);
int fuzz_match_list_parser(const std::uint8_t* data, std::size_t size);
int fuzz_restriction_parser(const std::uint8_t* data, std::size_t size);

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

/// Runs each saved input, and each of them cut short at every byte; says how many there were.
int replay(const std::string& corpus, Target target) {
  int count = 0;
  const auto folder = std::filesystem::path(RELAYPROOF_SOURCE_DIR) / "fuzz/corpus" / corpus;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), size), 0);
    }
    ++count;
  }
  return count;
}

TEST(FuzzCorpus, OfTablesAndListsIsReadCutAtEveryByte) {
  EXPECT_GT(replay("table_parser", fuzz_table_parser), 3);
  EXPECT_GT(replay("pattern_table_parser", fuzz_pattern_table_parser), 3);
  EXPECT_GT(replay("match_list_parser", fuzz_match_list_parser), 3);
  EXPECT_GT(replay("restriction_parser", fuzz_restriction_parser), 3);
}

}  // namespace
}  // namespace relayproof::postfix
