// What the tests of this layer share.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "deployment/compose_parser.h"
#include "deployment/engine_parser.h"
#include "deployment/read.h"
#include "support/golden.h"

namespace relayproof::deployment {

inline mail::IpAddress address(std::string_view text) { return *mail::IpAddress::parse(text); }
inline mail::IpSet network(std::string_view text) {
  return mail::IpSet::of(*mail::Network::parse(text));
}

/// Reads texts of any kind, in order.
inline Deployment read_all(const std::vector<std::string>& texts, const Variables& variables = {}) {
  Deployment deployment;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto read = deployment::read(texts[i], "file" + std::to_string(i), variables, deployment);
    EXPECT_TRUE(read) << (read ? "" : to_string(read.error()));
  }
  return deployment;
}

/// Replays the saved corpus of a fuzz target.
template <class Target>
void replay(const std::string& name, Target target) {
  std::size_t inputs = 0;
  const std::string corpus = std::string(RELAYPROOF_SOURCE_DIR) + "/fuzz/corpus/" + name;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string bytes = testing_support::read_file(entry.path().string());
    EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 3U);
}

}  // namespace relayproof::deployment
