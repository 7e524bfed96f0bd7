#include "cli/processes.h"

#include <unistd.h>

#include <cctype>
#include <charconv>
#include <sstream>

#include "base/text.h"
#include "cli/proc_files.h"

namespace relayproof::cli {
namespace {

// `name` behind the pair of parentheses of /proc/N/stat may hold anything; the fields follow.
std::vector<std::string> stat_of(pid_t process) {
  const std::string text = read_text(of_process(process, "stat"));
  const auto close = text.rfind(')');
  if (close == std::string::npos) return {};
  return fields_of(text.substr(close + 1));
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> boot_time() {
  std::istringstream text(read_text("/proc/stat"));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("btime ")) return number(line.substr(6));
  }
  return std::nullopt;
}

// proc(5): field 22 of stat, here behind the first two.
std::optional<std::int64_t> started(pid_t process) {
  constexpr std::size_t start_time = 19;
  const auto fields = stat_of(process);
  const auto boot = boot_time();
  if (fields.size() <= start_time || !boot) return std::nullopt;
  const auto ticks = number(fields[start_time]);
  if (!ticks) return std::nullopt;
  return *boot + *ticks / ::sysconf(_SC_CLK_TCK);
}

pid_t parent_of(pid_t process) {
  const auto fields = stat_of(process);
  return fields.size() > 1 ? static_cast<pid_t>(number(fields[1]).value_or(0)) : 0;
}

// Others' programs may not be looked at; their command lines may.
bool is_master(pid_t process) {
  if (name_of(process) != "master") return false;
  std::string program = link_of(of_process(process, "exe"));
  if (program.empty()) program = read_text(of_process(process, "cmdline"));
  return program.find("/postfix") != std::string::npos;
}

// Whether a link of /proc says for certain that it is not the same as ours.
bool differs(const std::string& theirs, const std::string& ours) {
  return !theirs.empty() && theirs != ours;
}

// master(8): -c; what postfix(1) starts has it in MAIL_CONFIG.
std::string configuration_of(pid_t process) {
  const auto words = zero_separated(read_text(of_process(process, "cmdline")));
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "-c") return words[i + 1];
  }
  for (const auto& word : zero_separated(read_text(of_process(process, "environ")))) {
    if (word.starts_with("MAIL_CONFIG=")) return word.substr(12);
  }
  return "/etc/postfix";
}

// The last run of 64 hexadecimal digits in its control groups: docker-ID.scope, libpod-ID.scope.
std::string container_of(pid_t process) {
  constexpr std::size_t digits = 64;
  const std::string text = read_text(of_process(process, "cgroup"));
  std::size_t run = 0;
  std::string found;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool hex = i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    if (!hex && run == digits) found = text.substr(i - digits, digits);
    run = hex ? run + 1 : 0;
  }
  return found;
}

// qmgr is started anew by every reload, and by nothing else while all is well (master(8)).
std::optional<std::int64_t> last_read(pid_t master, const std::vector<pid_t>& all) {
  auto latest = started(master);
  for (const auto process : all) {
    if (name_of(process) != "qmgr" || parent_of(process) != master) continue;
    const auto at = started(process);
    if (at && latest && *at > *latest) latest = at;
  }
  return latest;
}

}  // namespace

std::vector<RunningMaster> running_masters() {
  std::vector<RunningMaster> found;
  const auto all = processes();
  const std::string our_files = link_of("/proc/self/ns/mnt");
  const std::string our_network = link_of("/proc/self/ns/net");
  for (const auto process : all) {
    if (!is_master(process)) continue;
    RunningMaster master;
    master.process = process;
    const bool own_files = differs(link_of(of_process(process, "ns/mnt")), our_files) ||
                           differs(link_of(of_process(process, "root")), "/");
    if (own_files) master.root = of_process(process, "root");
    master.own_network = differs(link_of(of_process(process, "ns/net")), our_network);
    master.configuration = configuration_of(process);
    master.container = container_of(process);
    master.read_at = last_read(process, all);
    found.push_back(std::move(master));
  }
  return found;
}

std::string hostname_in(const std::string& root) {
  return std::string(trim(read_text(root + "/etc/hostname")));
}

}  // namespace relayproof::cli
