#include "cli/found_configurations.h"

#include <gmock/gmock.h>

namespace relayproof::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Files = std::map<std::string, std::string>;

const std::string rules =
    "listen on lo\naction \"r\" relay\nmatch from local for any action \"r\"\n";

std::vector<std::string> found(const FileSystem& files, const std::string& path) {
  std::vector<std::string> names;
  const auto all = find_configurations(files, path).value();
  for (const auto& each : all) {
    names.push_back(std::string(each.dialect->name) + " " + each.root + " " + each.path);
  }
  return names;
}

TEST(FoundConfigurations, OfAFolderAreWhatItIs) {
  const MemoryFiles files(Files{{"/p/main.cf", "myhostname = a.example\n"}});
  EXPECT_THAT(found(files, "/p"), ElementsAre("postfix  /p"));
  EXPECT_THAT(found(files, "/p/main.cf"), ElementsAre("postfix  /p/main.cf"));
}

TEST(FoundConfigurations, OfABackupAreAllServersWithTheirRoots) {
  const MemoryFiles files(Files{{"/b/one/etc/postfix/main.cf", "myhostname = a.example\n"},
                                {"/b/two/etc/smtpd.conf", rules},
                                {"/b/two/etc/passwd", ""}});
  EXPECT_THAT(found(files, "/b"),
              ElementsAre("opensmtpd /b/two /etc/smtpd.conf", "postfix /b/one /etc/postfix"));
}

TEST(FoundConfigurations, OfAWholeRootHaveNoOther) {
  const MemoryFiles files(Files{{"/etc/postfix/main.cf", "myhostname = a.example\n"}});
  EXPECT_THAT(found(files, "/"), ElementsAre("postfix  /etc/postfix"));
}

TEST(FoundConfigurations, AreNotWhatLiesInOneOfTheSameServer) {
  const MemoryFiles files(Files{{"/p/main.cf", "myhostname = a.example\n"},
                                {"/p/old/main.cf", "myhostname = b.example\n"},
                                {"/p/smtpd/smtpd.conf", rules}});
  EXPECT_THAT(found(files, "/p"), ElementsAre("postfix  /p", "opensmtpd  /p/smtpd"));
}

TEST(FoundConfigurations, AreNoneWhereThereIsNone) {
  EXPECT_THAT(found(MemoryFiles(Files{{"/p/readme", "hello\n"}}), "/p"), IsEmpty());
  EXPECT_THAT(found(MemoryFiles(Files{{"/proc/main.cf", "myhostname = a.example\n"}}), "/"),
              IsEmpty());
}

TEST(FoundConfigurations, AreNotLookedForWithoutEnd) {
  MemoryFiles files;
  for (int i = 0; i < 20'001; ++i) files.add("/d/" + std::to_string(i) + "/f", "");
  EXPECT_FALSE(find_configurations(files, "/d").has_value());
}

}  // namespace
}  // namespace relayproof::cli
