// Replays the saved inputs of the fuzz targets.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/dialogue.h"
#include "support/golden.h"

int fuzz_main_cf_parser(const std::uint8_t* data, std::size_t size);
int fuzz_master_cf_parser(const std::uint8_t* data, std::size_t size);
int fuzz_postconf_script_parser(const std::uint8_t* data, std::size_t size);
int fuzz_expand(const std::uint8_t* data, std::size_t size);

namespace relayproof::postfix {
namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

void replay(const std::string& name, Target target) {
  const std::string folder = RELAYPROOF_SOURCE_DIR "/fuzz/corpus/" + name;
  for (const std::string& file : testing_support::files_in(folder, "")) {
    SCOPED_TRACE(file);
    const std::string bytes = testing_support::read_file(file);
    EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
  }
}

TEST(Corpus, OfMainCfIsParsed) { replay("main_cf_parser", fuzz_main_cf_parser); }
TEST(Corpus, OfMasterCfIsParsed) { replay("master_cf_parser", fuzz_master_cf_parser); }
TEST(Corpus, OfScriptsIsRead) { replay("postconf_script_parser", fuzz_postconf_script_parser); }
TEST(Corpus, OfReferencesIsExpanded) { replay("expand", fuzz_expand); }

}  // namespace
}  // namespace relayproof::postfix
