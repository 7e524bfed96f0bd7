#include "base/file_system.h"

#include <gmock/gmock.h>

namespace relayproof {
namespace {

using testing::ElementsAre;

TEST(PathIn, ResolvesByTextAlone) {
  struct Case {
    std::string_view folder, name, path;
  };
  for (const auto& [folder, name, path] : {
           Case{"/etc/postfix", "main.cf", "/etc/postfix/main.cf"},
           Case{"/etc/postfix", "/etc/aliases", "/etc/aliases"},
           Case{"/etc/postfix/", "./../aliases", "/etc/aliases"},
           Case{"conf", "a//b", "conf/a/b"},
           Case{"conf", "..", "."},
           Case{"conf", "../../x", "../x"},
           Case{"/", "..", "/"},
       }) {
    EXPECT_EQ(path_in(folder, name), path) << folder << " + " << name;
  }
}

TEST(MemoryFiles, HaveFoldersWhereFilesAre) {
  MemoryFiles files({{"/etc/postfix/main.cf", "a = b\n"}, {"/etc/postfix/d/x", ""}});
  EXPECT_THAT(files.list("/etc/postfix/"), ElementsAre("d", "main.cf"));
  EXPECT_EQ(files.info("/etc/postfix").kind, FileInfo::Kind::folder);
  EXPECT_EQ(files.info("/etc/postfix/main.cf").size, 6U);
  EXPECT_EQ(files.info("/etc/post").kind, FileInfo::Kind::missing);
  EXPECT_EQ(**files.read("/etc/postfix/../postfix/main.cf"), "a = b\n");
}

TEST(MemoryFiles, NameTheMissingFile) {
  const auto content = MemoryFiles().read("/etc/postfix/main.cf");
  ASSERT_FALSE(content);
  EXPECT_EQ(to_string(content.error()), "/etc/postfix/main.cf: no such file");
}

}  // namespace
}  // namespace relayproof
