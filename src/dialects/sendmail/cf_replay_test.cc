// The saved inputs of the fuzz targets, run as tests.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace relayproof::sendmail {

int fuzz_cf_parser(const std::uint8_t* data, std::size_t size);
int fuzz_cf_address(const std::uint8_t* data, std::size_t size);

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

int replay(const std::string& corpus, Target target) {
  int count = 0;
  const auto folder = std::filesystem::path(RELAYPROOF_SOURCE_DIR) / "fuzz/corpus" / corpus;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    const std::size_t step = bytes.size() / 50 + 1;
    for (std::size_t size = 0; size <= bytes.size(); size += step) {
      EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), size), 0);
    }
    ++count;
  }
  return count;
}

TEST(SavedRuleSets, AreReadAndRunCutAtManyBytes) {
  EXPECT_GT(replay("cf_parser", fuzz_cf_parser), 2);
  EXPECT_GT(replay("cf_address", fuzz_cf_address), 2);
}

}  // namespace
}  // namespace relayproof::sendmail
