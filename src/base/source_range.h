// Where something stands in a file, so that every error and finding can point at it.
#pragma once

#include <cstddef>
#include <string>

namespace relayproof {

/// A place in a file. Lines and columns count from 1; 0 means "the file as a whole".
struct SourceRange {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

/// `file:line:column`, without the parts that are not known.
std::string to_string(const SourceRange& range);

}  // namespace relayproof
