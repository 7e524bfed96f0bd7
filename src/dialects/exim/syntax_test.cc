// Lines, macros, conditional lines and included files.
#include "dialects/exim/syntax.h"

#include <gtest/gtest.h>

#include <string>

namespace relayproof::exim {
namespace {

// The logical lines, each with the number of its first one.
std::string read(const std::string& text, const MemoryFiles& files = {}) {
  std::string told;
  const auto lines = read_lines(files, {"/etc/exim4/exim4.conf", text, {}});
  for (const auto& line : lines.lines) {
    told += std::to_string(line.where.line) + ' ' + line.text + '\n';
  }
  for (const auto& gap : lines.gaps) told += "missing " + std::to_string(gap.where.line) + '\n';
  for (const auto& problem : lines.problems) {
    told += "problem " + std::to_string(problem.where.line) + ' ' + problem.says + '\n';
  }
  return told;
}

struct Case {
  std::string text;
  std::string told;
};

TEST(Lines, AreJoinedAndTheirMacrosReplaced) {
  const Case cases[] = {
      {"a = 1\n\n# no\n  b = 2  \n", "1 a = 1\n4 b = 2\n"},
      {"a = 1 : \\\n    2 : \\\n# between\n 3\nb = 4\n", "1 a = 1 : 2 : 3\n5 b = 4\n"},
      {"NETS = 10.0.0.0/8\nhosts = NETS : xNETSx\n",
       "1 NETS = 10.0.0.0/8\n2 hosts = 10.0.0.0/8 : x10.0.0.0/8x\n"},
      {"A1 = x\nA1 == y\nb = A1\n", "1 A1 = x\n2 A1 == y\n3 b = y\n"},
      {".ifdef NETS\na = 1\n.else\na = 2\n.endif\n", "4 a = 2\n"},
      {"NETS = x\n.ifdef NETS\na = 1\n.elifdef NETS\na = 2\n.else\na = 3\n.endif\n",
       "1 NETS = x\n3 a = 1\n"},
      {".ifndef NETS\n.ifdef OTHER\na = 1\n.endif\nb = 2\n.endif\n", "5 b = 2\n"},
      {".ifdef _HAVE_TLS\na = 1\n.endif\n", "2 a = 1\n"},
  };
  for (const auto& one : cases) EXPECT_EQ(read(one.text), one.told) << one.text;
}

TEST(Lines, ThatEximWouldNotTakeAreNamed) {
  const Case cases[] = {
      {"a = 1\n.endif\n", "1 a = 1\nproblem 2 .endif without matching .ifdef\n"},
      {".ifdef X\na = 1\n", "problem 0 Unexpected end of configuration file: .endif missing\n"},
      {"AB = 1\nxx = 2\nAB = 3\n",
       "1 AB = 1\n2 xx = 2\n3 AB = 3\nproblem 3 macro \"AB\" is already defined (use \"==\" if you "
       "want to redefine it)\n"},
      {"AB == 1\n", "1 AB == 1\nproblem 1 can't redefine an undefined macro \"AB\"\n"},
  };
  for (const auto& one : cases) EXPECT_EQ(read(one.text), one.told) << one.text;
}

TEST(Lines, OfIncludedFilesStandInTheirPlace) {
  MemoryFiles files;
  files.add("/etc/exim4/more", "b = 2\n");
  EXPECT_EQ(read("a = 1\n.include /etc/exim4/more\nc = 3\n", files), "1 a = 1\n1 b = 2\n3 c = 3\n");
  EXPECT_EQ(read(".include_if_exists /etc/exim4/none\nc = 3\n", files), "2 c = 3\n");
  EXPECT_EQ(read(".include /etc/exim4/none\nc = 3\n", files), "2 c = 3\nmissing 1\n");
  files.add("/etc/exim4/loop", ".include /etc/exim4/loop\n");
  EXPECT_NE(read(".include /etc/exim4/loop\n", files).find("files include each other"),
            std::string::npos);
}

}  // namespace
}  // namespace relayproof::exim
