#include "cli/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/exit_status.h"

namespace relayproof::cli {
namespace {

constexpr std::string_view title = "relayproof journal 1";

tl::unexpected<Error> cannot(const std::string& file, const char* what) {
  return failure(std::string(what) + ": " + std::strerror(errno), {file});
}

// A file that only grows.
class Growing {
 public:
  Growing() = default;
  explicit Growing(int descriptor) : descriptor_(descriptor) {}
  Growing(Growing&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Growing& operator=(Growing&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Growing() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  bool append(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool cut_to(std::uint64_t size) const {
    return ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0;
  }
  std::optional<std::uint64_t> size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  int descriptor_ = -1;
};

Result<Growing> open_growing(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0) return cannot(file, "cannot be written");
  return Growing(descriptor);
}

struct Past {
  std::unordered_set<std::uint64_t> done = {};
  std::uint64_t seed = 0;
  std::uint64_t length = 0;          // of the results
  std::uint64_t journal_length = 0;  // its whole lines
  int status = ok;
};

std::optional<std::uint64_t> number_in(std::string_view word) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc{} || read.ptr != word.data() + word.size()) return std::nullopt;
  return number;
}

// `length number status`.
bool take_line(std::string_view line, Past& past) {
  const auto all = words(line);
  if (all.size() != 3) return false;
  const auto length = number_in(all[0]);
  const auto number = number_in(all[1]);
  const auto status = number_in(all[2]);
  if (!length || !number || !status || *status > 3 || *length < past.length) return false;
  past.length = *length;
  past.done.insert(*number);
  past.status = worse(past.status, static_cast<int>(*status));
  return true;
}

Result<std::optional<Past>> read_past(const std::string& file, std::string_view about) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  if (!in || !std::getline(in, line)) return std::optional<Past>();
  const auto no_journal = [&](std::size_t number) {
    return failure("is no journal of this program", {file, number, 1});
  };
  const std::string begin = std::string(title) + " ";
  const auto seed = number_in(std::string_view(line).substr(std::min(begin.size(), line.size())));
  if (!line.starts_with(begin) || !seed) return no_journal(1);
  Past past;
  past.seed = *seed;
  past.journal_length = line.size() + 1;
  if (!std::getline(in, line) || in.eof()) return no_journal(2);
  if (line != about) {
    return failure("is of another run: its targets or what was asked differ", {file, 2, 1});
  }
  past.journal_length += line.size() + 1;
  // What does not end with its line was being written when it ended.
  for (std::size_t number = 3; std::getline(in, line) && !in.eof(); ++number) {
    if (!take_line(line, past)) return no_journal(number);
    past.journal_length += line.size() + 1;
  }
  return std::optional<Past>(std::move(past));
}

class FileJournal final : public Journal {
 public:
  FileJournal(Growing journal, Growing results, Past past, std::string name)
      : journal_(std::move(journal)),
        results_(std::move(results)),
        past_(std::move(past)),
        name_(std::move(name)) {}

  const std::unordered_set<std::uint64_t>& done() const override { return past_.done; }
  std::uint64_t seed() const override { return past_.seed; }
  int status() const override { return past_.status; }

  Result<bool> keep(std::uint64_t number, int status, std::string_view results) override {
    if (!results_.append(results)) return cannot(name_, "the results cannot be written");
    past_.length += results.size();
    if (!journal_.append(fmt::format("{} {} {}\n", past_.length, number, status))) {
      return cannot(name_, "cannot be written");
    }
    return true;
  }

 private:
  Growing journal_;
  Growing results_;
  Past past_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<Journal>> open_journal(const std::string& journal,
                                              const std::string& results, std::string_view about,
                                              std::uint64_t seed) {
  auto past = read_past(journal, about);
  if (!past) return tl::unexpected(past.error());
  auto kept = open_growing(results);
  if (!kept) return tl::unexpected(kept.error());
  auto lines = open_growing(journal);
  if (!lines) return tl::unexpected(lines.error());
  const auto length = kept->size();
  if (!length) return cannot(results, "cannot be written");
  if (!*past) {
    if (*length > 0) return failure("is not empty, and no journal tells of it", {results});
    *past = Past{.seed = seed};
    const bool written =
        lines->cut_to(0) && lines->append(fmt::format("{} {}\n{}\n", title, seed, about));
    if (!written) return cannot(journal, "cannot be written");
  } else if (*length < (*past)->length) {
    return failure("is shorter than its journal says: results are missing", {results});
  } else if (!kept->cut_to((*past)->length) || !lines->cut_to((*past)->journal_length)) {
    return cannot(results, "cannot be written");
  }
  return std::make_unique<FileJournal>(std::move(*lines), std::move(*kept), std::move(**past),
                                       journal);
}

}  // namespace relayproof::cli
