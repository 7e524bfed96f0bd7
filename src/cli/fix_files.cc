#include "cli/fix_files.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/disk_files.h"
#include "cli/exit_status.h"
#include "cli/output.h"

namespace relayproof::cli {
namespace {

sigset_t ends() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&set, signal);
  return set;
}

std::string listed(const std::vector<std::string>& paths) {
  std::string text;
  for (const auto& path : paths) text += (text.empty() ? "" : ", ") + escape_foreign(path);
  return text;
}

// The files are back; the running server may not know yet.
void tell_reload(const Arguments& arguments, const std::string& path) {
  if (!arguments.inside.fix.reload) {
    std::fputs("The running server keeps its settings until it is reloaded.\n", stderr);
    return;
  }
  const auto configuration = load_configuration(arguments.inside, path);
  if (!configuration) {
    complain(configuration.error());
    return;
  }
  const DiskFiles files;
  const repair::Subject subject{
      configuration->dialect, &files, configuration->path, configuration->host, {}};
  const auto done = repair::reload(subject);
  if (!done) {
    complain(done.error());
    return;
  }
  std::fputs((*done + "\n").c_str(), stderr);
}

}  // namespace

SignalsLater::SignalsLater() {
  const auto set = ends();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

SignalsLater::~SignalsLater() {
  const auto set = ends();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

Result<std::string> real_folder(const std::string& path) {
  const DiskFiles files;
  const bool is_folder = files.info(path).kind == FileInfo::Kind::folder;
  const auto folder = is_folder ? path : repair::folder_of(path);
  char* real = ::realpath(folder.c_str(), nullptr);
  if (real == nullptr) return failure("no such file or folder", {path, 0, 0});
  std::string result = real;
  std::free(real);
  return result;
}

Result<repair::FolderLock> lock_and_recover(const std::string& folder) {
  auto lock = repair::FolderLock::take(folder);
  if (!lock || !repair::is_unfinished(folder)) return lock;
  const auto back = repair::put_back(folder);
  if (!back) return tl::unexpected(back.error());
  std::fputs(
      fmt::format("An earlier fix had not ended: {}\n",
                  back->empty() ? "it had replaced nothing yet" : listed(*back) + " put back")
          .c_str(),
      stderr);
  return lock;
}

std::string time_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%S", &local);
  return text;
}

int undo_fix(const Arguments& arguments, const std::string& path) {
  const SignalsLater later;
  const auto folder = real_folder(path);
  if (!folder) return complain(folder.error());
  const auto lock = repair::FolderLock::take(*folder);
  if (!lock) return complain(lock.error());
  const auto back = repair::undo(*folder);
  if (!back) return complain(back.error());
  const auto text = back->empty() ? std::string("Nothing had been replaced yet.\n")
                                  : "Put back: " + listed(*back) + "\n";
  const auto written = write_output(arguments.output, text);
  if (!written) return complain(written.error());
  tell_reload(arguments, path);
  return ok;
}

}  // namespace relayproof::cli
