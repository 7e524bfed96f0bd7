#include "repair/transaction.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "repair/record.h"

namespace relayproof::repair {
namespace {

std::string begun(const std::string& folder) { return folder + "/.relayproof-fix.begun"; }
std::string finished(const std::string& folder) { return folder + "/.relayproof-fix.done"; }
std::string prepared(const std::string& folder) { return folder + "/.relayproof-fix.new"; }

// A name for what stood there before that is not taken.
std::string backup_name(const std::string& path, const std::string& stamp) {
  const auto name = path + ".relayproof-" + stamp;
  auto free = name;
  for (int i = 2; exists(free); ++i) free = name + "-" + std::to_string(i);
  return free;
}

Record record_of(const std::string& stamp, const std::vector<Replacement>& replacements) {
  Record record{stamp, {}};
  for (const auto& one : replacements) {
    const auto backup = backup_name(one.path, stamp);
    record.files.push_back(
        {one.path, one.is_new ? "" : backup, backup + ".new", digest_of(one.after)});
  }
  return record;
}

Done write_record(const std::string& folder, const Record& record) {
  const auto text = print(record);
  if (!text) return tl::unexpected(text.error());
  if (auto removed = remove_file(prepared(folder)); !removed) return removed;
  if (auto written = write_new(prepared(folder), *text, ""); !written) return written;
  if (auto renamed = rename_file(prepared(folder), begun(folder)); !renamed) return renamed;
  return sync_folder_of(begun(folder));
}

Result<Record> read_record(const std::string& path) {
  const auto file = read_disk(path);
  if (!file) return tl::unexpected(file.error());
  if (!*file) return failure("there is none", {path, 0, 0});
  return parse_record((*file)->content, path);
}

tl::unexpected<Error> changed_since(const std::string& path, const std::string& remark) {
  return failure("was changed by something else in the meantime" + remark, {path, 0, 0});
}

// The old file keeps its very inode where names can be added, else its content is copied.
Done keep_old(const Recorded& file, const std::string& content) {
  if (add_name(file.path, file.backup)) return true;
  return write_new(file.backup, content, file.path);
}

Done prepare(const Record& record, const std::vector<Replacement>& replacements) {
  for (std::size_t i = 0; i < record.files.size(); ++i) {
    const auto& file = record.files[i];
    const auto& one = replacements[i];
    auto written = write_new(file.temporary, one.after, one.is_new ? "" : file.path);
    if (!written) return written;
    if (one.is_new) continue;
    if (auto kept = keep_old(file, one.before); !kept) return kept;
  }
  for (const auto& file : record.files) {
    if (auto synced = sync_folder_of(file.path); !synced) return synced;
  }
  return true;
}

Done holds_still(const Replacement& one) {
  const auto now = read_disk(one.path);
  if (!now) return tl::unexpected(now.error());
  if (now->has_value() == one.is_new) return changed_since(one.path, "");
  if (!one.is_new && (*now)->content != one.before) return changed_since(one.path, "");
  return true;
}

Done exchange(const Record& record, const std::vector<Replacement>& replacements) {
  for (std::size_t i = 0; i < record.files.size(); ++i) {
    if (auto same = holds_still(replacements[i]); !same) return same;
    const auto& file = record.files[i];
    if (auto renamed = rename_file(file.temporary, file.path); !renamed) return renamed;
    if (auto synced = sync_folder_of(file.path); !synced) return synced;
  }
  return true;
}

// Whether the file was replaced, and may be put back.
Done put_back(const Recorded& file, std::vector<std::string>& told) {
  if (auto removed = remove_file(file.temporary); !removed) return removed;
  const auto now = read_disk(file.path);
  if (!now) return tl::unexpected(now.error());
  const bool ours = *now && digest_of((*now)->content) == file.after;
  if (file.backup.empty()) {
    if (!ours) return true;
    told.push_back(file.path);
    return remove_file(file.path);
  }
  const auto old = read_disk(file.backup);
  if (!old) return tl::unexpected(old.error());
  if (!*old) return true;  // not replaced yet
  const bool untouched =
      *now && ((*now)->inode == (*old)->inode || (*now)->content == (*old)->content);
  if (untouched) return remove_file(file.backup);
  if (*now && !ours) {
    return changed_since(file.path, "; what stood there before is " + file.backup);
  }
  told.push_back(file.path);
  return rename_file(file.backup, file.path);
}

Done is_as_left(const Recorded& file) {
  const auto now = read_disk(file.path);
  if (!now) return tl::unexpected(now.error());
  if (!*now || digest_of((*now)->content) != file.after) {
    return changed_since(file.path, ": undo would lose that");
  }
  if (!file.backup.empty() && !exists(file.backup)) {
    return failure("is gone: what stood there before cannot be put back", {file.backup, 0, 0});
  }
  return true;
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder) {
  FolderLock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.descriptor_ < 0) {
    return failure(std::string("cannot open: ") + std::strerror(errno), {folder, 0, 0});
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return failure("another relayproof fix is at work here: wait until it has ended",
                   {folder, 0, 0});
  }
  return failure(std::string("cannot lock: ") + std::strerror(errno), {folder, 0, 0});
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::vector<std::string>> replace_all(const std::string& folder, const std::string& stamp,
                                             const std::vector<Replacement>& replacements) {
  for (const auto& one : replacements) {
    if (auto same = holds_still(one); !same) return tl::unexpected(same.error());
    if (one.is_new) continue;
    if (const auto error = not_replaceable(one.path)) return tl::unexpected(*error);
  }
  const auto record = record_of(stamp, replacements);
  auto done = write_record(folder, record);
  if (done) done = prepare(record, replacements);
  if (done) done = exchange(record, replacements);
  if (!done) {
    const auto back = put_back(folder);
    if (back) return tl::unexpected(done.error());
    return failure(to_string(done.error()) + "; and putting back failed: " +
                   to_string(back.error()) + "; run relayproof fix --undo");
  }
  std::vector<std::string> backups;
  for (const auto& file : record.files) backups.push_back(file.backup);
  return backups;
}

Done keep(const std::string& folder) {
  if (auto renamed = rename_file(begun(folder), finished(folder)); !renamed) return renamed;
  return sync_folder_of(finished(folder));
}

Result<std::vector<std::string>> put_back(const std::string& folder) {
  std::vector<std::string> told;
  if (!is_unfinished(folder)) return told;
  const auto record = read_record(begun(folder));
  if (!record) return tl::unexpected(record.error());
  for (const auto& file : record->files) {
    auto done = put_back(file, told);
    if (done) done = sync_folder_of(file.path);
    if (!done) return tl::unexpected(done.error());
  }
  auto removed = remove_file(begun(folder));
  if (removed) removed = sync_folder_of(begun(folder));
  if (!removed) return tl::unexpected(removed.error());
  return told;
}

Result<std::vector<std::string>> undo(const std::string& folder) {
  if (is_unfinished(folder)) return put_back(folder);
  if (!exists(finished(folder))) {
    return failure("nothing that a fix wrote here is known: there is nothing to undo",
                   {folder, 0, 0});
  }
  const auto record = read_record(finished(folder));
  if (!record) return tl::unexpected(record.error());
  for (const auto& file : record->files) {
    if (auto same = is_as_left(file); !same) return tl::unexpected(same.error());
  }
  auto renamed = rename_file(finished(folder), begun(folder));
  if (renamed) renamed = sync_folder_of(begun(folder));
  if (!renamed) return tl::unexpected(renamed.error());
  return put_back(folder);
}

bool is_unfinished(const std::string& folder) { return exists(begun(folder)); }

}  // namespace relayproof::repair
