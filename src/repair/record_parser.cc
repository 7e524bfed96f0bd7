#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "repair/record.h"

namespace relayproof::repair {
namespace {

constexpr std::string_view first_line = "relayproof-fix 1";
constexpr std::string_view last_line = "end";
constexpr std::size_t most_files = 10'000;

bool is_plain(std::string_view path) {
  return path.find_first_of(std::string_view("\t\n\0", 3)) == std::string_view::npos;
}

bool read_number(std::string_view text, int base, std::uint64_t& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// `size \t hash \t path \t backup \t temporary`
bool read_file(std::string_view line, Recorded& to) {
  const auto parts = split(line, '\t');
  if (parts.size() != 5 || !read_number(parts[0], 10, to.after.size) ||
      !read_number(parts[1], 16, to.after.hash)) {
    return false;
  }
  to.path = parts[2];
  to.backup = parts[3];
  to.temporary = parts[4];
  return to.path.starts_with('/') && to.temporary.starts_with('/') &&
         (to.backup.empty() || to.backup.starts_with('/'));
}

}  // namespace

Digest digest_of(std::string_view content) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, 64 bits
  for (const char c : content) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return {content.size(), hash};
}

Result<std::string> print(const Record& record) {
  auto text = fmt::format("{}\n{}\n", first_line, record.stamp);
  for (const auto& file : record.files) {
    if (!is_plain(file.path) || !is_plain(file.backup) || !is_plain(file.temporary)) {
      return failure("a tab or a newline in a file's name", {file.path, 0, 0});
    }
    text += fmt::format("{}\t{:x}\t{}\t{}\t{}\n", file.after.size, file.after.hash, file.path,
                        file.backup, file.temporary);
  }
  return text + std::string(last_line) + "\n";
}

Result<Record> parse_record(std::string_view text, const std::string& file) {
  const auto lines = split(text, '\n');
  const auto wrong = [&](std::size_t line) {
    return failure("is no record of a fix; remove it if you know that nothing is under way",
                   {file, line, 1});
  };
  if (lines.size() < 4 || lines[0] != first_line) return wrong(1);
  if (!lines.back().empty() || lines[lines.size() - 2] != last_line) return wrong(lines.size());
  if (lines.size() > most_files) return wrong(most_files);
  Record record;
  record.stamp = lines[1];
  for (std::size_t i = 2; i + 2 < lines.size(); ++i) {
    Recorded one;
    if (!read_file(lines[i], one)) return wrong(i + 1);
    record.files.push_back(std::move(one));
  }
  return record;
}

}  // namespace relayproof::repair
