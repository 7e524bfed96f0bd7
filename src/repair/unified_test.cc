#include "repair/unified.h"

#include <gtest/gtest.h>

namespace relayproof::repair {
namespace {

TEST(UnifiedDiff, OfEqualTextsIsEmpty) {
  EXPECT_EQ(unified_diff("main.cf", "a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(unified_diff("main.cf", "", ""), "");
}

struct Case {
  const char* name;
  const char* before;
  const char* after;
  const char* diff;
};

const Case cases[] = {
    {"a line becomes another", "a\nb\nc\n", "a\nx\nc\n",
     "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
    {"a line goes", "a\nb\n", "a\n", "--- a/f\n+++ b/f\n@@ -1,2 +1 @@\n a\n-b\n"},
    {"a line comes at the end", "a\n", "a\nb\n", "--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n a\n+b\n"},
    {"the first line of all", "", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"},
    {"no newline at the end", "a\nb", "a\nc",
     "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
     "+c\n\\ No newline at end of file\n"},
    {"only three lines around it", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
     "--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
    {"two places far apart", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "x\n2\n3\n4\n5\n6\n7\n8\ny\n",
     "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n "
     "8\n-9\n+y\n"},
    {"a line that moves", "a\nb\nc\nd\n", "b\nc\na\nd\n",
     "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-a\n b\n c\n+a\n d\n"},
};

TEST(UnifiedDiff, TellsWhatPatchWants) {
  for (const auto& one : cases) {
    EXPECT_EQ(unified_diff("f", one.before, one.after), one.diff) << one.name;
  }
}

// The second text made of the first and the changes alone.
std::string with_changes(const std::string& before, const std::string& after) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> found;
    std::string line;
    for (const char c : text) {
      line += c;
      if (c == '\n') found.push_back(std::exchange(line, {}));
    }
    if (!line.empty()) found.push_back(line);
    return found;
  };
  const auto a = lines(before);
  const auto b = lines(after);
  std::string made;
  std::size_t at = 0;
  for (const auto& change : changed_lines(before, after)) {
    for (; at < change.old_begin; ++at) made += a[at];
    for (auto i = change.new_begin; i < change.new_end; ++i) made += b[i];
    at = change.old_end;
  }
  for (; at < a.size(); ++at) made += a[at];
  return made;
}

TEST(ChangedLines, MakeTheOneTextOfTheOther) {
  std::uint32_t seed = 1;
  const auto next = [&](std::uint32_t below) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 16U) % below;
  };
  for (int round = 0; round < 500; ++round) {
    std::string before;
    std::string after;
    for (std::uint32_t i = next(12); i > 0; --i) before += std::string(1, "abc"[next(3)]) + "\n";
    for (std::uint32_t i = next(12); i > 0; --i) after += std::string(1, "abc"[next(3)]) + "\n";
    EXPECT_EQ(with_changes(before, after), after) << before << "---\n" << after;
  }
}

}  // namespace
}  // namespace relayproof::repair
