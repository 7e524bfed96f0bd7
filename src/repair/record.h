// What a fix replaces, written down beside the files before it begins: who finds it knows how to go
// back, however the run that wrote it ended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace relayproof::repair {

/// What a content is, told by few bytes: FNV-1a and the size. Against accidents, not against
/// enemies.
struct Digest {
  std::uint64_t size = 0;
  std::uint64_t hash = 0;
  bool operator==(const Digest&) const = default;
};
Digest digest_of(std::string_view content);

struct Recorded {
  std::string path;
  std::string backup;     ///< what stood there before; empty: nothing did
  std::string temporary;  ///< where the new content is prepared
  Digest after;
};

struct Record {
  std::string stamp;  ///< `20261122T103000`
  std::vector<Recorded> files;
};

/// One line a file; fails where a path holds a tab or a newline.
Result<std::string> print(const Record& record);
/// Fails where it is none of ours, or was cut.
Result<Record> parse_record(std::string_view text, const std::string& file);

}  // namespace relayproof::repair
