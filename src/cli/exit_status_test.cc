#include "cli/exit_status.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

TEST(ExitStatus, IsThatOfAMonitoringPlugin) {
  probe::Run run;
  EXPECT_EQ(exit_status(run), 3);
  run.verdict = probe::Verdict::closed;
  EXPECT_EQ(exit_status(run), 0);
  run.weak = true;
  EXPECT_EQ(exit_status(run), 1);
  run.verdict = probe::Verdict::open;
  EXPECT_EQ(exit_status(run), 2);
}

TEST(ExitStatus, OpenIsWorseThanUndecidedIsWorseThanWeak) {
  EXPECT_EQ(worse(ok, warning), warning);
  EXPECT_EQ(worse(unknown, warning), unknown);
  EXPECT_EQ(worse(unknown, critical), critical);
  EXPECT_EQ(worse(ok, ok), ok);
}

}  // namespace
}  // namespace relayproof::cli
