// The saved inputs of the fuzz targets, run as tests.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

int fuzz_exim_config_parser(const std::uint8_t* data, std::size_t size);
int fuzz_exim_address_parser(const std::uint8_t* data, std::size_t size);

namespace relayproof::exim {
namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

/// Runs each saved input, and each of them cut short at some bytes; says how many there were.
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

TEST(FuzzCorpus, IsReadCutAtManyBytes) {
  EXPECT_GT(replay("exim_config_parser", fuzz_exim_config_parser), 2);
  EXPECT_GT(replay("exim_address_parser", fuzz_exim_address_parser), 2);
}

}  // namespace
}  // namespace relayproof::exim
