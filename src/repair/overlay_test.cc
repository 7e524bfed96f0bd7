#include "repair/overlay.h"

#include <gtest/gtest.h>

namespace relayproof::repair {
namespace {

TEST(Edited, MakesAllEditsInPlacesOfTheOldText) {
  MemoryFiles files(std::map<std::string, std::string>{{"/main.cf", "one two three\n"}});
  const auto texts = edited(
      files, {}, {{"/main.cf", 0, 3, "1"}, {"/main.cf", 8, 5, "3"}, {"/main.cf", 4, 0, "x "}});
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->at("/main.cf"), "1 x two 3\n");
}

TEST(Edited, GoesOnFromWhatIsEditedAlready) {
  MemoryFiles files(std::map<std::string, std::string>{{"/main.cf", "a\n"}});
  const auto texts = edited(files, {{"/main.cf", "b\n"}}, {{"/main.cf", 0, 1, "c"}});
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->at("/main.cf"), "c\n");
}

TEST(Edited, RefusesWhatOverlapsOrLiesOutside) {
  MemoryFiles files(std::map<std::string, std::string>{{"/main.cf", "abc\n"}});
  EXPECT_FALSE(edited(files, {}, {{"/main.cf", 0, 2, ""}, {"/main.cf", 1, 2, ""}}));
  EXPECT_FALSE(edited(files, {}, {{"/main.cf", 3, 2, ""}}));
  EXPECT_FALSE(edited(files, {}, {{"/main.cf", 9, 0, "x"}}));
  EXPECT_FALSE(edited(files, {}, {{"/none", 0, 0, "x"}}));
}

TEST(OverlayFiles, ShowReplacedTextsAndTheOthersAsTheyAre) {
  MemoryFiles below(
      std::map<std::string, std::string>{{"/main.cf", "old"}, {"/master.cf", "same"}});
  const OverlayFiles files(below, {{"/main.cf", "newer"}});
  EXPECT_EQ(**files.read("/main.cf"), "newer");
  EXPECT_EQ(files.info("/main.cf").size, 5U);
  EXPECT_EQ(**files.read("/master.cf"), "same");
  EXPECT_EQ(files.info("/none").kind, FileInfo::Kind::missing);
}

}  // namespace
}  // namespace relayproof::repair
