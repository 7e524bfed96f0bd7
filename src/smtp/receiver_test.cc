#include "smtp/receiver.h"

#include <gtest/gtest.h>

namespace relayproof::smtp {
namespace {

TEST(Receiver, GreetsFirst) {
  Receiver receiver({.hostname = "mx.example"});
  EXPECT_EQ(receiver.take_output(), "220 mx.example ESMTP\r\n");
}

}  // namespace
}  // namespace relayproof::smtp
