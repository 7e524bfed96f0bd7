// The saved inputs of the fuzz targets.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>

#include "support/golden.h"

namespace relayproof::logs {

int fuzz_syslog_parser(const std::uint8_t* data, std::size_t size);
int fuzz_journal_parser(const std::uint8_t* data, std::size_t size);
int fuzz_postfix_parser(const std::uint8_t* data, std::size_t size);
int fuzz_exim_parser(const std::uint8_t* data, std::size_t size);
int fuzz_opensmtpd_parser(const std::uint8_t* data, std::size_t size);
int fuzz_sendmail_parser(const std::uint8_t* data, std::size_t size);
int fuzz_joiner(const std::uint8_t* data, std::size_t size);

namespace {

struct Target {
  const char* name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, IsReadWithoutHarm) {
  const std::string folder = std::string(RELAYPROOF_SOURCE_DIR) + "/fuzz/corpus/";
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder + GetParam().name)) {
    const std::string bytes = testing_support::read_file(entry.path().string());
    EXPECT_EQ(GetParam().run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 2U);
}

INSTANTIATE_TEST_SUITE_P(Every, Corpus,
                         testing::Values(Target{"syslog_parser", fuzz_syslog_parser},
                                         Target{"journal_parser", fuzz_journal_parser},
                                         Target{"postfix_parser", fuzz_postfix_parser},
                                         Target{"exim_parser", fuzz_exim_parser},
                                         Target{"opensmtpd_parser", fuzz_opensmtpd_parser},
                                         Target{"sendmail_parser", fuzz_sendmail_parser},
                                         Target{"joiner", fuzz_joiner}),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace relayproof::logs
