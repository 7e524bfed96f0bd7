#include "cli/proc_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/text.h"

namespace relayproof::cli {
namespace {

constexpr std::size_t most_text = std::size_t{4} << 20U;

}  // namespace

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> buffer{};
  while (file && text.size() < most_text) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

std::string link_of(const std::string& path) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(path, error);
  return error ? std::string() : target.string();
}

std::string of_process(pid_t process, const char* file) {
  return "/proc/" + std::to_string(process) + "/" + file;
}

std::vector<pid_t> processes() {
  std::vector<pid_t> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/proc", error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    pid_t process = 0;
    const auto [last, wrong] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (wrong == std::errc() && last == name.data() + name.size()) found.push_back(process);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string name_of(pid_t process) {
  return std::string(trim(read_text(of_process(process, "comm"))));
}

std::vector<std::string> zero_separated(const std::string& text) {
  std::vector<std::string> words;
  for (const auto word : split(text, '\0')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::istringstream fields(line);
  std::vector<std::string> words;
  for (std::string word; fields >> word;) words.push_back(word);
  return words;
}

mail::IpAddress address_from_hex(const std::string& text) {
  // The kernel prints 32-bit words in host order.
  std::array<std::uint8_t, 16> bytes{};
  const std::size_t count = text.size() / 2;
  for (std::size_t i = 0; i < count && i < bytes.size(); ++i) {
    const std::size_t at = (i / 4) * 4 + (3 - i % 4);
    unsigned value = 0;
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, value, 16);
    bytes.at(at) = static_cast<std::uint8_t>(value);
  }
  if (count == 4) return mail::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  return mail::IpAddress::v6(bytes);
}

}  // namespace relayproof::cli
