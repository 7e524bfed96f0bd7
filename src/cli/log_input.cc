#include "cli/log_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>

namespace relayproof::cli {
namespace {

constexpr const char* log_folder = "/var/log";

tl::unexpected<Error> cannot_read(const std::string& path, const std::string& why) {
  return failure("cannot read: " + why, {path, 0, 0});
}

std::string why_not(int error) {
  std::string why = std::strerror(error);
  if (error == EACCES) why += " (root and members of the group adm may)";
  return why;
}

Result<std::size_t> read_from(int descriptor, char* to, std::size_t size, const std::string& path) {
  for (;;) {
    const ssize_t count = ::read(descriptor, to, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return cannot_read(path, why_not(errno));
  }
}

class PlainInput : public LogInput {
 public:
  PlainInput(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  PlainInput(const PlainInput&) = delete;
  PlainInput& operator=(const PlainInput&) = delete;
  ~PlainInput() override { ::close(descriptor_); }
  Result<std::size_t> read(char* to, std::size_t size) override {
    return read_from(descriptor_, to, size, path_);
  }

 private:
  int descriptor_;
  std::string path_;
};

class GzipInput : public LogInput {
 public:
  GzipInput(gzFile file, std::string path) : file_(file), path_(std::move(path)) {}
  GzipInput(const GzipInput&) = delete;
  GzipInput& operator=(const GzipInput&) = delete;
  ~GzipInput() override { ::gzclose_r(file_); }
  Result<std::size_t> read(char* to, std::size_t size) override {
    const int count = ::gzread(file_, to, static_cast<unsigned>(size));
    int code = Z_OK;
    const char* why = ::gzerror(file_, &code);
    if (code == Z_BUF_ERROR) return cannot_read(path_, "its gzip data ends too early");
    if (count < 0) return cannot_read(path_, fmt::format("its gzip data is damaged ({})", why));
    return static_cast<std::size_t>(count);
  }

 private:
  gzFile file_;
  std::string path_;
};

class ProgramInput : public LogInput {
 public:
  ProgramInput(ChildProcess child, std::string program, std::string path)
      : child_(std::move(child)), program_(std::move(program)), path_(std::move(path)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const auto count = read_from(child_.output(), to, size, path_);
    if (!count || *count > 0 || ended_) return count;
    ended_ = true;
    const int status = child_.wait();
    if (status == 0) return count;
    return cannot_read(path_, fmt::format("{} ended with status {}{}", program_, status,
                                          status == 127 ? ": it is not installed" : ""));
  }

 private:
  ChildProcess child_;
  std::string program_;
  std::string path_;
  bool ended_ = false;
};

struct Compression {
  std::string_view magic;
  const char* program;  // that writes the content to standard output; nullptr: done here
};
constexpr std::array<Compression, 4> compressions{{{"\x1F\x8B", nullptr},
                                                   {"\xFD"
                                                    "7zXZ",
                                                    "xz"},
                                                   {"BZh", "bzip2"},
                                                   {"\x28\xB5\x2F\xFD", "zstd"}}};

// By the first bytes, since rotated files have all sorts of names.
const Compression* compression_of(int descriptor) {
  std::array<char, 8> head{};
  const ssize_t count = ::pread(descriptor, head.data(), head.size(), 0);
  if (count <= 0) return nullptr;
  const std::string_view bytes(head.data(), static_cast<std::size_t>(count));
  for (const auto& compression : compressions) {
    if (bytes.starts_with(compression.magic)) return &compression;
  }
  return nullptr;
}

Result<std::unique_ptr<LogInput>> through(const std::vector<std::string>& words, int input,
                                          const std::string& path) {
  auto child = ChildProcess::start(words, input);
  if (!child) return cannot_read(path, child.error().message);
  return std::make_unique<ProgramInput>(std::move(*child), words.front(), path);
}

Result<logs::Time> written_time(const std::string& path) {
  using namespace std::chrono;
  if (path == "-") {
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return cannot_read(path, why_not(errno));
  if (S_ISDIR(status.st_mode)) return cannot_read(path, "it is a folder; name the files in it");
  if (!S_ISREG(status.st_mode)) {
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  }
  return static_cast<logs::Time>(status.st_mtime);
}

std::vector<std::string> names_beginning(const std::string& folder, const std::string& start) {
  std::vector<std::string> paths;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().filename().string().starts_with(start)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> journal_words(logs::Time since) {
  std::vector<std::string> words = {"journalctl",
                                    "--quiet",
                                    "--no-pager",
                                    "--output=json",
                                    "--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_HOSTNAME,_PID",
                                    "--unit=postfix*",
                                    "--unit=opensmtpd*",
                                    "--unit=sendmail*"};
  if (since != logs::no_time) words.push_back(fmt::format("--since=@{}", since));
  return words;
}

}  // namespace

Result<std::unique_ptr<LogInput>> open_log(const LogFile& file) {
  const bool standard = file.path == "-";
  const int descriptor =
      standard ? ::dup(STDIN_FILENO) : ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_read(file.path, why_not(errno));
  auto plain = std::make_unique<PlainInput>(descriptor, standard ? "standard input" : file.path);
  const auto* compression = compression_of(descriptor);
  if (compression == nullptr) return plain;
  if (compression->program != nullptr) {
    return through({compression->program, "-dc"}, descriptor, file.path);
  }
  gzFile unpacked = ::gzdopen(::dup(descriptor), "rb");
  if (unpacked == nullptr) return cannot_read(file.path, "not enough memory");
  ::gzbuffer(unpacked, 1U << 17U);
  return std::make_unique<GzipInput>(unpacked, file.path);
}

Result<std::unique_ptr<LogInput>> open_journal(logs::Time since) {
  auto journal = through(journal_words(since), -1, "the journal");
  if (journal) return journal;
  return failure(
      "there is no /var/log/mail.log, no /var/log/maillog, and journalctl cannot be run: name the "
      "log files");
}

Result<ChildProcess> follow_journal(logs::Time since) {
  auto words = journal_words(since);
  words.insert(words.end(), {"--follow", "--lines=all"});
  return ChildProcess::start(words, -1);
}

Result<std::vector<LogFile>> named_logs(const std::vector<std::string>& paths) {
  std::vector<LogFile> files;
  for (const auto& path : paths) {
    const auto written = written_time(path);
    if (!written) return tl::unexpected(written.error());
    files.push_back({path, *written});
  }
  return files;
}

std::vector<LogFile> rotated_logs(const std::string& path) {
  std::vector<LogFile> files;
  const std::filesystem::path last(path);
  for (const auto& name : names_beginning(last.parent_path(), last.filename())) {
    if (const auto written = written_time(name)) files.push_back({name, *written});
  }
  return files;
}

std::vector<LogFile> usual_logs() {
  std::vector<LogFile> files;
  const auto add = [&](const std::string& folder, const std::string& start) {
    for (auto& file : rotated_logs(folder + "/" + start)) files.push_back(std::move(file));
  };
  add(log_folder, "mail.log");
  if (files.empty()) add(log_folder, "maillog");
  // Exim writes by itself.
  add("/var/log/exim4", "mainlog");
  add("/var/log/exim", "main");
  return files;
}

}  // namespace relayproof::cli
