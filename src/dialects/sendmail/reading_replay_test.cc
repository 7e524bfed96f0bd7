// Replays the saved inputs of the fuzz targets for sendmail.mc, access maps and addresses.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/dialogue.h"
#include "support/golden.h"

int fuzz_sendmail_mc(const std::uint8_t* data, std::size_t size);
int fuzz_sendmail_access(const std::uint8_t* data, std::size_t size);
int fuzz_sendmail_address(const std::uint8_t* data, std::size_t size);

namespace relayproof::sendmail {
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

TEST(SavedInputs, OfSendmailMcAreRead) { replay("sendmail_mc", fuzz_sendmail_mc); }
TEST(SavedInputs, OfAccessMapsAreRead) { replay("sendmail_access", fuzz_sendmail_access); }
TEST(SavedInputs, OfAddressesAreRead) { replay("sendmail_address", fuzz_sendmail_address); }

}  // namespace
}  // namespace relayproof::sendmail
