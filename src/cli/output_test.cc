#include "cli/output.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/golden.h"

namespace relayproof::cli {
namespace {

TEST(Output, ReplacesAFileWhole) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "relayproof-output";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "report.json").string();
  ASSERT_TRUE(write_output(path, "old and long"));
  ASSERT_TRUE(write_output(path, "new"));
  EXPECT_EQ(testing_support::read_file(path), "new");
  const std::filesystem::directory_iterator left(folder);
  EXPECT_EQ(std::distance(begin(left), end(left)), 1);
  std::filesystem::remove_all(folder);
}

TEST(Output, FollowsALinkAndLeavesDevicesInTheirPlace) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "relayproof-output-links";
  std::filesystem::create_directories(folder);
  const auto file = folder / "report.json";
  const auto link = folder / "link";
  const auto device = folder / "null";
  ASSERT_TRUE(write_output(file.string(), "old"));
  std::filesystem::create_symlink(file, link);
  std::filesystem::create_symlink("/dev/null", device);
  ASSERT_TRUE(write_output(link.string(), "new"));
  ASSERT_TRUE(write_output(device.string(), "nothing"));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(testing_support::read_file(file.string()), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(device));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  std::filesystem::remove_all(folder);
}

TEST(Output, SaysWhatCannotBeWritten) {
  const auto written = write_output("/nonexistent/report.json", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(to_string(written.error()),
            "/nonexistent/report.json: cannot write: No such file or directory");
}

}  // namespace
}  // namespace relayproof::cli
