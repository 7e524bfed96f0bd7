#include "cli/found_configurations.h"

#include <algorithm>
#include <array>
#include <deque>
#include <set>

namespace relayproof::cli {
namespace {

using dialects::Dialect;

constexpr std::size_t deepest = 8;
constexpr std::size_t most_folders = 20'000;
constexpr std::size_t most_found = 100;

// Nobody's configuration lies there, and some of them have no end.
constexpr std::array<std::string_view, 4> not_looked_into{"/proc", "/sys", "/dev", "/run"};

bool is_below(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) &&
         (folder.ends_with('/') || path[folder.size()] == '/');
}

class Finding {
 public:
  explicit Finding(const FileSystem& files) : files_(files) {}

  Result<std::vector<FoundConfiguration>> in(const std::string& path) {
    look_at(path);
    if (files_.info(path).kind != FileInfo::Kind::folder) return std::move(found_);
    waiting_.push_back({path, 0});
    while (!waiting_.empty() && found_.size() < most_found) {
      const auto [folder, depth] = waiting_.front();
      waiting_.pop_front();
      for (const auto& name : files_.list(folder)) {
        const auto below = path_in(folder, name);
        if (files_.info(below).kind != FileInfo::Kind::folder || is_left_out(below)) continue;
        if (++folders_ > most_folders) return too_many(path);
        look_at(below);
        if (depth + 1 < deepest) waiting_.push_back({below, depth + 1});
      }
    }
    return std::move(found_);
  }

 private:
  struct Waiting {
    std::string folder;
    std::size_t depth;
  };

  static bool is_left_out(const std::string& folder) {
    return std::find(not_looked_into.begin(), not_looked_into.end(), folder) !=
           not_looked_into.end();
  }

  static tl::unexpected<Error> too_many(const std::string& path) {
    return failure("more than " + std::to_string(most_folders) +
                       " folders: name the one with the configuration",
                   {path, 0, 0});
  }

  void look_at(const std::string& path) {
    for (const auto* dialect : dialects::all_dialects()) {
      const bool is_part =
          std::any_of(found_.begin(), found_.end(), [&](const FoundConfiguration& found) {
            return found.dialect == dialect && is_below(path, found.root + found.path);
          });
      if (!is_part && dialect->recognise(files_, path)) add(*dialect, path);
    }
  }

  // `/backup/etc/postfix` is the `/etc/postfix` of a machine, as `/backup/etc` with an smtpd.conf
  // in it is that of one whose `/etc/smtpd.conf` that is.
  void add(const Dialect& dialect, const std::string& path) {
    const std::string usual(dialect.usual_place);
    for (const auto& end : {usual, path_in(usual, "..")}) {
      const bool is_usual =
          !usual.empty() && folders_ > 0 && end != "/" && path.size() > end.size() &&
          path.ends_with(end) &&
          dialect.recognise(files_, path.substr(0, path.size() - end.size()) + usual);
      if (!is_usual) continue;
      found_.push_back({&dialect, usual, path.substr(0, path.size() - end.size())});
      return;
    }
    found_.push_back({&dialect, path, {}});
  }

  const FileSystem& files_;
  std::deque<Waiting> waiting_;
  std::size_t folders_ = 0;
  std::vector<FoundConfiguration> found_;
};

}  // namespace

Result<std::vector<FoundConfiguration>> find_configurations(const FileSystem& files,
                                                            const std::string& path) {
  return Finding(files).in(path);
}

}  // namespace relayproof::cli
