#include "cli/archive_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace relayproof::cli {
namespace {

constexpr std::size_t block = std::size_t{1} << 16U;
// A link to a link, and so on.
constexpr int most_links = 16;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
};
constexpr std::array<Magic, 6> magics{{{0, "PK\x03\x04"},
                                       {0, "\x1F\x8B"},
                                       {0, "BZh"},
                                       {0, std::string_view("\xFD"
                                                            "7zXZ")},
                                       {0, "\x28\xB5\x2F\xFD"},
                                       {257, "ustar"}}};

// Closes what libarchive opened.
struct Closer {
  void operator()(struct archive* opened) const { archive_read_free(opened); }
};
using Archive = std::unique_ptr<struct archive, Closer>;

// The absolute path of an entry; nullopt if it leads out of the archive.
std::optional<std::string> place_of(std::string_view name) {
  int depth = 0;
  for (std::size_t begin = 0; begin < name.size();) {
    const auto end = std::min(name.find('/', begin), name.size());
    const auto part = name.substr(begin, end - begin);
    if (part == "..") --depth;
    if (!part.empty() && part != "." && part != "..") ++depth;
    if (depth < 0) return std::nullopt;
    begin = end + 1;
  }
  return path_in("/", name);
}

class Unpacking {
 public:
  Unpacking(const std::string& path, const ArchiveLimits& limits) : path_(path), limits_(limits) {}

  Result<MemoryFiles> run() {
    archive_.reset(archive_read_new());
    archive_read_support_filter_all(archive_.get());
    archive_read_support_format_tar(archive_.get());
    archive_read_support_format_zip(archive_.get());
    if (archive_read_open_filename(archive_.get(), path_.c_str(), block) != ARCHIVE_OK) {
      return refusal();
    }
    struct archive_entry* entry = nullptr;
    int status = archive_read_next_header(archive_.get(), &entry);
    for (; status == ARCHIVE_OK || status == ARCHIVE_WARN;
         status = archive_read_next_header(archive_.get(), &entry)) {
      if (++entries_ > limits_.entries) return too_large();
      if (auto error = take(entry)) return tl::unexpected(*error);
    }
    if (status != ARCHIVE_EOF) return refusal();
    resolve_links();
    return std::move(files_);
  }

 private:
  tl::unexpected<Error> refusal() const {
    const char* why = archive_error_string(archive_.get());
    return failure("cannot be unpacked: " + escape_foreign(why != nullptr ? why : "unknown", 200),
                   {path_, 0, 0});
  }
  tl::unexpected<Error> too_large() const {
    return failure("unpacks to more than " + std::to_string(limits_.bytes >> 20U) + " MiB or " +
                       std::to_string(limits_.entries) + " files: pack the configuration alone",
                   {path_, 0, 0});
  }

  std::optional<Error> take(struct archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    const auto place = name != nullptr ? place_of(name) : std::nullopt;
    if (!place) return std::nullopt;
    const char* symbolic = archive_entry_symlink(entry);
    const char* hard = archive_entry_hardlink(entry);
    if (symbolic != nullptr) {
      links_[*place] = path_in(path_in(*place, ".."), symbolic);
    } else if (hard != nullptr) {
      links_[*place] = path_in("/", hard);
    } else if (archive_entry_filetype(entry) == AE_IFREG) {
      return take_file(*place, archive_entry_mtime(entry));
    }
    return std::nullopt;
  }

  std::optional<Error> take_file(const std::string& place, std::int64_t modified) {
    std::string content;
    std::array<char, block> buffer{};
    for (;;) {
      const auto size = archive_read_data(archive_.get(), buffer.data(), buffer.size());
      if (size < 0) return refusal().value();
      if (size == 0) break;
      bytes_ += static_cast<std::uint64_t>(size);
      if (bytes_ > limits_.bytes) return too_large().value();
      content.append(buffer.data(), static_cast<std::size_t>(size));
    }
    files_.add(place, std::move(content), modified);
    return std::nullopt;
  }

  // A link to a file becomes the file. One to a folder is left out: its files are there already.
  void resolve_links() {
    for (const auto& [place, first] : links_) {
      auto target = first;
      for (int i = 0; i < most_links && links_.contains(target); ++i) target = links_.at(target);
      if (files_.info(target).kind != FileInfo::Kind::file) continue;
      if (const auto content = files_.read(target)) {
        bytes_ += (*content)->size();
        if (bytes_ > limits_.bytes) return;
        files_.add(place, **content, files_.info(target).modified);
      }
    }
  }

  const std::string& path_;
  const ArchiveLimits& limits_;
  Archive archive_;
  MemoryFiles files_;
  std::map<std::string, std::string> links_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

bool looks_like_archive(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  std::array<char, 512> head{};
  const auto count = ::pread(descriptor, head.data(), head.size(), 0);
  ::close(descriptor);
  if (count <= 0) return false;
  const std::string_view bytes(head.data(), static_cast<std::size_t>(count));
  return std::any_of(magics.begin(), magics.end(), [&](const Magic& magic) {
    return bytes.size() > magic.offset && bytes.substr(magic.offset).starts_with(magic.bytes);
  });
}

Result<MemoryFiles> read_archive(const std::string& path, const ArchiveLimits& limits) {
  return Unpacking(path, limits).run();
}

}  // namespace relayproof::cli
