#include "cli/log_blocks.h"

#include <algorithm>
#include <cstring>

#include "cli/log_reading.h"
#include "logs/block_reader.h"

namespace relayproof::cli {
namespace {

constexpr std::size_t block_bytes = std::size_t{512} << 10U;
// Beyond this a file without line feeds is read in pieces: no line of a log is that long.
constexpr std::size_t longest_line = std::size_t{1} << 20U;

}  // namespace

LogBlocks::LogBlocks(std::vector<LogFile> files, logs::Time journal_since)
    : files_(std::move(files)), journal_since_(journal_since), journal_(files_.empty()) {
  if (journal_) files_.push_back({"the journal", 0});
}

Result<bool> LogBlocks::open_next() {
  if (opened_ == files_.size()) return false;
  const auto& file = files_[opened_++];
  auto input = journal_ ? open_journal(journal_since_) : open_log(file);
  if (!input) return tl::unexpected(input.error());
  input_ = std::move(*input);
  stamps_ = std::make_unique<logs::StampReader>(utc_of_local, file.written);
  return true;
}

// Reads until the block is full, the file ends or a line is too long. False: the file has ended.
Result<bool> LogBlocks::fill(LogBlock& block) {
  if (block.bytes.size() < block_bytes + longest_line) {
    block.bytes.resize(block_bytes + longest_line);
  }
  std::copy(rest_.begin(), rest_.end(), block.bytes.begin());
  std::size_t filled = rest_.size();
  rest_.clear();
  while (filled < block_bytes) {
    const auto count = input_->read(block.bytes.data() + filled, block_bytes - filled);
    if (!count) return tl::unexpected(count.error());
    filled += *count;
    if (*count == 0) {
      block.size = filled;
      return false;
    }
  }
  const auto* last = static_cast<const char*>(::memrchr(block.bytes.data(), '\n', filled));
  block.size = last == nullptr ? filled : static_cast<std::size_t>(last - block.bytes.data()) + 1;
  rest_.assign(block.bytes, block.size, filled - block.size);
  return true;
}

Result<bool> LogBlocks::next(LogBlock& block) {
  for (;;) {
    if (!input_) {
      const auto opened = open_next();
      if (!opened || !*opened) return opened;
    }
    const auto goes_on = fill(block);
    if (!goes_on) return goes_on;
    block.written = files_[opened_ - 1].written;
    block.latest = stamps_->latest();
    if (!block.lines().starts_with('{')) stamps_->read(logs::first_stamp(block.lines()));
    if (!*goes_on) input_.reset();
    if (block.size > 0) return true;
  }
}

}  // namespace relayproof::cli
