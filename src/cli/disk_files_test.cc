#include "cli/disk_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace relayproof::cli {
namespace {

namespace fs = std::filesystem;

class DiskFilesTest : public testing::Test {
 protected:
  DiskFilesTest() {
    fs::create_directories(folder_ / "etc/postfix");
    write("etc/postfix/main.cf", "a = b\n");
  }
  ~DiskFilesTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name) << content;
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_ = fs::path(testing::TempDir()) / ("disk_files_" + std::to_string(::getpid()));
};

TEST_F(DiskFilesTest, ReadsAFileAndListsAFolder) {
  const DiskFiles files;
  EXPECT_EQ(**files.read(path("etc/postfix/main.cf")), "a = b\n");
  EXPECT_THAT(files.list(path("etc/postfix")), testing::ElementsAre("main.cf"));
  EXPECT_EQ(files.info(path("etc/postfix")).kind, FileInfo::Kind::folder);
  EXPECT_EQ(files.info(path("etc/postfix/main.cf")).size, 6U);
  EXPECT_EQ(files.info(path("etc/nothing")).kind, FileInfo::Kind::missing);
}

TEST_F(DiskFilesTest, SaysInOneLineWhatItCannotRead) {
  const DiskFiles files;
  fs::create_symlink("loop", folder_ / "loop");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  for (const auto& [name, why] : {std::pair{"etc", "it is not a regular file"},
                                  std::pair{"nothing", "No such file or directory"},
                                  std::pair{"loop", "Too many levels of symbolic links"},
                                  std::pair{"pipe", "it is not a regular file"}}) {
    const auto content = files.read(path(name));
    ASSERT_FALSE(content) << name;
    EXPECT_EQ(to_string(content.error()), path(name) + ": cannot read: " + why);
  }
}

TEST_F(DiskFilesTest, ReadsTheEndOfALogAndOfNothingElse) {
  const DiskFiles files(folder_.string());
  write("mail.log", "first\nlast\n");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(files.read_end("/mail.log", 5), "last\n");
  EXPECT_EQ(files.read_end("/mail.log", 500), "first\nlast\n");
  EXPECT_EQ(files.read_end("/pipe", 500), "");
  EXPECT_EQ(files.read_end("/etc", 500), "");
  fs::create_symlink("/etc/hostname", folder_ / "leads-out");
  EXPECT_EQ(files.read_end("/leads-out", 500), "");
  EXPECT_LT(files.open_file("/leads-out"), 0);
}

TEST_F(DiskFilesTest, KeepsLinksInsideOfAnotherRoot) {
  write("secret", "outside");
  fs::create_directories(folder_ / "root/etc");
  fs::create_symlink("/secret", folder_ / "root/etc/absolute");
  fs::create_symlink("../../secret", folder_ / "root/etc/relative");
  const DiskFiles files(path("root"));
  EXPECT_FALSE(files.read("/etc/absolute"));
  EXPECT_FALSE(files.read("/etc/relative"));
  write("root/secret", "inside");
  EXPECT_EQ(**files.read("/etc/absolute"), "inside");
}

}  // namespace
}  // namespace relayproof::cli
