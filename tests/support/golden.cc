#include "support/golden.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace relayproof::testing_support {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << "cannot read " << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

testing::AssertionResult matches_golden(std::string_view actual, const std::string& path) {
  if (std::getenv("RELAYPROOF_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return testing::AssertionSuccess();
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream expected;
  expected << in.rdbuf();
  if (in && expected.str() == actual) return testing::AssertionSuccess();
  std::ofstream(path + ".got", std::ios::binary) << actual;
  return testing::AssertionFailure() << "differs from " << path << " (now in " << path << ".got):\n"
                                     << actual;
}

}  // namespace relayproof::testing_support
