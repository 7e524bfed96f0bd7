// Golden files: what a thing prints is compared with a file, and the file is the review.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace relayproof::testing_support {

/// Compares `actual` with the file `path` (below the source directory). With
/// RELAYPROOF_UPDATE_GOLDEN=1 in the environment the file is rewritten instead.
testing::AssertionResult matches_golden(std::string_view actual, const std::string& path);

/// The whole file, or a test failure and "".
std::string read_file(const std::string& path);

}  // namespace relayproof::testing_support
