#include "cli/canary_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace relayproof::cli {
namespace {

// 64 digits and some blanks.
constexpr std::size_t largest_key_file = 200;

Error cannot(const std::string& file, const char* what) {
  return {std::string(what) + ": " + std::strerror(errno), SourceRange{file}};
}

}  // namespace

Result<canary::Key> read_key(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(cannot(file, "cannot be read"));
  std::array<char, largest_key_file> text{};
  const ssize_t size = ::read(descriptor, text.data(), text.size());
  ::close(descriptor);
  if (size < 0) return tl::unexpected(cannot(file, "cannot be read"));
  auto key = canary::parse_key({text.data(), static_cast<std::size_t>(size)});
  if (!key) return failure(key.error().message, {file});
  return key;
}

Result<bool> write_new_key(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return tl::unexpected(cannot(file, "cannot be made"));
  const std::string text = canary::new_key() + "\n";
  const bool whole =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool closed = ::close(descriptor) == 0;
  if (whole && closed) return true;
  const Error error = cannot(file, "cannot be written");
  ::unlink(file.c_str());
  return tl::unexpected(error);
}

}  // namespace relayproof::cli
