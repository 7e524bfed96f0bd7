// Replays the saved inputs of the fuzz targets: every one of them found something new once.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/dialogue.h"
#include "support/golden.h"

int fuzz_reply_parser(const std::uint8_t* data, std::size_t size);
int fuzz_session(const std::uint8_t* data, std::size_t size);
int fuzz_receiver(const std::uint8_t* data, std::size_t size);

namespace relayproof::smtp {
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

TEST(Corpus, OfRepliesIsParsed) { replay("reply_parser", fuzz_reply_parser); }
TEST(Corpus, OfHostileServersIsSurvived) { replay("session", fuzz_session); }
TEST(Corpus, OfHostileClientsIsSurvived) { replay("receiver", fuzz_receiver); }

}  // namespace
}  // namespace relayproof::smtp
