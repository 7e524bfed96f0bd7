#include "cli/journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace relayproof::cli {
namespace {

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::string name = (std::filesystem::temp_directory_path() / "journal-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    journal = folder / "journal";
    results = folder / "results";
  }
  ~JournalTest() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<Journal> open(std::uint64_t seed = 7, const std::string& about = "run a") {
    auto opened = open_journal(journal, results, about, seed);
    EXPECT_TRUE(opened) << to_string(opened.error());
    return std::move(*opened);
  }
  std::string why_not(const std::string& about = "run a") {
    const auto opened = open_journal(journal, results, about, 7);
    return opened ? "" : opened.error().message;
  }

  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  static void append(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::app) << text;
  }

  std::filesystem::path folder, journal, results;
};

TEST_F(JournalTest, GoesOnWhereItWas) {
  {
    const auto first = open();
    EXPECT_TRUE(first->done().empty());
    EXPECT_TRUE(first->keep(4, 0, "four\n"));
    EXPECT_TRUE(first->keep(2, 2, "two\ntwo\n"));
    EXPECT_TRUE(first->keep(9, 1, ""));
  }
  const auto second = open(99);
  EXPECT_EQ(second->seed(), 7U) << "the order of the first run";
  EXPECT_EQ(second->status(), 2);
  EXPECT_EQ(second->done(), (std::unordered_set<std::uint64_t>{2, 4, 9}));
  EXPECT_TRUE(second->keep(1, 0, "one\n"));
  EXPECT_EQ(read(results), "four\ntwo\ntwo\none\n");
}

// Killed at any byte of either file: what is done is whole, and nothing is there twice.
TEST_F(JournalTest, LosesAndDoublesNothingWhereverItWasCutOff) {
  {
    const auto first = open();
    EXPECT_TRUE(first->keep(0, 0, "zero\n"));
    EXPECT_TRUE(first->keep(1, 0, "one\n"));
  }
  const std::string whole = read(journal);
  const std::string all = read(results);
  const std::size_t head = whole.find("run a\n") + 6;
  for (std::size_t cut = head; cut <= whole.size(); ++cut) {
    std::ofstream(journal, std::ios::binary) << whole.substr(0, cut);
    std::ofstream(results, std::ios::binary) << all << "half of a th";
    {
      const auto again = open();
      for (const std::uint64_t number : {0U, 1U}) {
        if (!again->done().contains(number)) {
          EXPECT_TRUE(again->keep(number, 0, number == 0 ? "zero\n" : "one\n"));
        }
      }
    }
    EXPECT_EQ(read(results), all) << "cut at " << cut;
    EXPECT_EQ(open()->done().size(), 2U) << "cut at " << cut;
  }
}

TEST_F(JournalTest, OfAnotherRunIsRefused) {
  open();
  EXPECT_NE(why_not("run b").find("another run"), std::string::npos);
  append(journal, "what is this\n");
  EXPECT_NE(why_not().find("no journal"), std::string::npos);
}

TEST_F(JournalTest, IsRefusedWhereResultsAreMissingOrStrange) {
  append(results, "somebody's\n");
  EXPECT_NE(why_not().find("not empty"), std::string::npos) << why_not();
  EXPECT_EQ(read(results), "somebody's\n");
  std::filesystem::remove_all(results);
  std::filesystem::remove_all(journal);
  EXPECT_TRUE(open()->keep(0, 0, "zero\n"));
  std::filesystem::resize_file(results, 2);
  EXPECT_NE(why_not().find("missing"), std::string::npos) << why_not();
}

TEST_F(JournalTest, SaysWhatCannotBeWritten) {
  EXPECT_FALSE(open_journal(folder / "nowhere/journal", results, "run a", 7));
  EXPECT_FALSE(open_journal(journal, folder / "nowhere/results", "run a", 7));
}

}  // namespace
}  // namespace relayproof::cli
