#include "repair/transaction.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "repair/record.h"

int fuzz_record_parser(const std::uint8_t* data, std::size_t size);

namespace relayproof::repair {
namespace {

class Files : public testing::Test {
 protected:
  Files() {
    std::string name = testing::TempDir() + "/relayproof-repair.XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  std::string read(const std::string& name) const {
    const auto file = read_disk(path(name));
    return file && *file ? (*file)->content : "none";
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      found.push_back(entry.path().filename());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  std::string folder_;
};

TEST_F(Files, AreReplacedTogetherAndTakenBackTogether) {
  write("main.cf", "old");
  write("master.cf", "older");
  const auto backups = replace_all(folder_, "20261122T103000",
                                   {{path("main.cf"), "old", "new", false},
                                    {path("master.cf"), "older", "newer", false},
                                    {path("table.db"), "", "made", true}});
  ASSERT_TRUE(backups) << to_string(backups.error());
  EXPECT_EQ(read("main.cf"), "new");
  EXPECT_EQ(read("table.db"), "made");
  EXPECT_EQ(read("main.cf.relayproof-20261122T103000"), "old");
  ASSERT_TRUE(keep(folder_));
  const auto back = undo(folder_);
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(back->size(), 3U);
  EXPECT_EQ(read("main.cf"), "old");
  EXPECT_EQ(names(), (std::vector<std::string>{"main.cf", "master.cf"}));
}

TEST_F(Files, AreLeftAloneIfOneOfThemChanged) {
  write("main.cf", "old");
  write("master.cf", "changed");
  const auto done = replace_all(
      folder_, "s",
      {{path("main.cf"), "old", "new", false}, {path("master.cf"), "older", "newer", false}});
  ASSERT_FALSE(done);
  EXPECT_NE(to_string(done.error()).find("changed"), std::string::npos);
  EXPECT_EQ(read("main.cf"), "old");
  EXPECT_EQ(names(), (std::vector<std::string>{"main.cf", "master.cf"}));
}

TEST_F(Files, ThatWereNotKeptAreFoundAndPutBack) {
  write("main.cf", "old");
  ASSERT_TRUE(replace_all(folder_, "s", {{path("main.cf"), "old", "new", false}}));
  EXPECT_TRUE(is_unfinished(folder_));
  const auto back = put_back(folder_);
  ASSERT_TRUE(back);
  EXPECT_EQ(read("main.cf"), "old");
  EXPECT_EQ(names(), std::vector<std::string>{"main.cf"});
  EXPECT_TRUE(put_back(folder_)->empty());
}

TEST_F(Files, ThatOthersChangedSinceAreNotPutBack) {
  write("main.cf", "old");
  ASSERT_TRUE(replace_all(folder_, "s", {{path("main.cf"), "old", "new", false}}));
  write("main.cf", "theirs");
  EXPECT_FALSE(put_back(folder_));
  EXPECT_EQ(read("main.cf"), "theirs");
  EXPECT_EQ(read("main.cf.relayproof-s"), "old");
}

TEST_F(Files, KeepEveryBackupWhereTwoHaveOneName) {
  write("main.cf", "a");
  ASSERT_TRUE(replace_all(folder_, "s", {{path("main.cf"), "a", "b", false}}));
  ASSERT_TRUE(keep(folder_));
  const auto again = replace_all(folder_, "s", {{path("main.cf"), "b", "c", false}});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->front(), path("main.cf.relayproof-s-2"));
  EXPECT_EQ(read("main.cf.relayproof-s"), "a");
}

TEST_F(Files, AreLockedAgainstASecondRun) {
  const auto first = FolderLock::take(folder_);
  ASSERT_TRUE(first);
  EXPECT_FALSE(FolderLock::take(folder_));
}

TEST_F(Files, ThatWereNeverWrittenCannotBeTakenBack) { EXPECT_FALSE(undo(folder_)); }

TEST(ParseRecord, ReadsWhatPrintWrote) {
  const Record record{"s", {{"/a", "/b", "/c", {3, 255}}, {"/d", "", "/e", {0, 1}}}};
  const auto text = print(record);
  ASSERT_TRUE(text);
  const auto read = parse_record(*text, "x");
  ASSERT_TRUE(read) << to_string(read.error());
  ASSERT_EQ(read->files.size(), 2U);
  EXPECT_EQ(read->files[0].after, (Digest{3, 255}));
  EXPECT_EQ(read->files[1].backup, "");
}

TEST(ParseRecord, RefusesWhatIsNoneOrWasCut) {
  const auto text = *print({"s", {{"/a", "/b", "/c", {3, 255}}}});
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_record(text.substr(0, size), "x")) << size;
  }
  EXPECT_FALSE(parse_record("relayproof-fix 2\ns\nend\n", "x"));
  EXPECT_FALSE(print({"s", {{"/a\tb", "", "/c", {}}}}));
}

TEST(ParseRecord, ReplaysItsCorpus) {
  const auto folder = std::filesystem::path(RELAYPROOF_SOURCE_DIR) / "fuzz/corpus/record_parser";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto file = read_disk(entry.path());
    ASSERT_TRUE(file && *file);
    const auto& content = (*file)->content;
    fuzz_record_parser(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    ++count;
  }
  EXPECT_GE(count, 3U);
}

}  // namespace
}  // namespace relayproof::repair
