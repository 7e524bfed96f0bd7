#include "cli/moved_files.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

TEST(MovedFiles, FindsInTheFolderWhatIsNamedInItsUsualPlace) {
  MemoryFiles files;
  files.add("/backup/postfix/virtual", "the copy");
  files.add("/etc/postfix/virtual", "this machine's own");
  const MovedFiles moved(files, "/backup/postfix", "/etc/postfix");
  EXPECT_EQ(**moved.read("/etc/postfix/virtual"), "the copy");
  EXPECT_EQ(**moved.read("/backup/postfix/virtual"), "the copy");
}

TEST(MovedFiles, LooksWhereAFileIsSaidToBeWhenTheFolderHasItNot) {
  MemoryFiles files;
  files.add("/backup/postfix/main.cf", "");
  files.add("/etc/postfix/transport", "here only");
  files.add("/etc/postfixes/other", "not below it");
  const MovedFiles moved(files, "/backup/postfix", "/etc/postfix");
  EXPECT_EQ(**moved.read("/etc/postfix/transport"), "here only");
  EXPECT_EQ(**moved.read("/etc/postfixes/other"), "not below it");
  EXPECT_FALSE(moved.read("/etc/postfix/virtual"));
  EXPECT_EQ(moved.info("/etc/postfix/main.cf").kind, FileInfo::Kind::file);
}

}  // namespace
}  // namespace relayproof::cli
