#include "report/run_reader.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "report/render.h"
#include "report/samples.h"
#include "support/golden.h"

namespace relayproof::report {

int fuzz_run_reader(const std::uint8_t* data, std::size_t size);

namespace {

const Meta meta{"0.1.0", "2026.11"};

TEST(RunReader, ReadsWhatWasPrinted) {
  for (const auto& [name, run] : samples::all()) {
    if (run.places.size() > 1) continue;  // places are given by who asked for them
    const std::string printed = json(run, meta);
    const auto read = read_run(printed);
    ASSERT_TRUE(read) << name << ": " << read.error().message;
    if (name == "hostile") continue;  // what was cut when it was printed is gone
    EXPECT_EQ(json(*read, meta), printed) << name;
    EXPECT_EQ(text(*read, {}), text(run, {})) << name;
  }
}

TEST(RunReader, EscapesAgainWhatAServerSaid) {
  const auto read = read_run(json(samples::hostile(), meta));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->doors.front().banner, samples::hostile().doors.front().banner);
  EXPECT_EQ(text(*read, {}).find('\033'), std::string::npos);
}

TEST(RunReader, RefusesWhatIsNoRun) {
  for (const char* document :
       {"", "null", "[]", "{}", "relayproof: command not found", R"({"schema": 7})",
        R"({"schema": "relayproof/probe-run/2", "runs": [{}]})",
        R"({"schema": "relayproof/probe-run/1", "runs": []})",
        R"({"schema": "relayproof/probe-run/1", "runs": [7], "results": 7})",
        R"({"schema": "relayproof/probe-run/1", "runs": [{"verdict": "fine"}]})"}) {
    EXPECT_FALSE(read_run(document)) << document;
  }
  // A door that cannot be read is not left out: it may be the open one.
  std::string broken = json(samples::closed(), meta);
  const auto port = broken.find("\"port\": 587");
  broken.replace(port, 11, "\"port\": 5e9");
  EXPECT_FALSE(read_run(broken));
}

TEST(RunReader, SurvivesTheSavedCorpus) {
  std::size_t replayed = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(RELAYPROOF_SOURCE_DIR "/fuzz/corpus/run_reader")) {
    const std::string bytes = testing_support::read_file(entry.path());
    EXPECT_EQ(fuzz_run_reader(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()),
              0);
    ++replayed;
  }
  EXPECT_GT(replayed, 0U);
}

}  // namespace
}  // namespace relayproof::report
