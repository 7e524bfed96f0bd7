// Configurations as administrators send them: packed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file_system.h"

namespace relayproof::cli {

/// What an archive may unpack to; more is refused, since a small file can hold any amount of zeros.
struct ArchiveLimits {
  std::size_t entries = 100'000;
  std::uint64_t bytes = std::uint64_t{256} << 20U;  ///< of all files together
};

/// True if the file begins as a tar, a zip, or what compresses one does. A look at the first bytes.
bool looks_like_archive(const std::string& path);

/// The files of an archive (tar, compressed or not, or zip), in memory, by absolute path: what the
/// archive calls `etc/postfix/main.cf` or `./etc/postfix/main.cf` is `/etc/postfix/main.cf`. Links
/// within it are followed; names that lead out of it, devices and links that lead nowhere are left
/// out. Fails with one line that names the archive: it is damaged, encrypted or too large.
Result<MemoryFiles> read_archive(const std::string& path, const ArchiveLimits& limits = {});

}  // namespace relayproof::cli
