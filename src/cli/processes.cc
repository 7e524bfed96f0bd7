#include "cli/processes.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"
#include "cli/ask_program.h"
#include "mail/ip_number.h"

namespace relayproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_text = std::size_t{4} << 20U;

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
  const auto target = fs::read_symlink(path, error);
  return error ? std::string() : target.string();
}

std::string of_process(pid_t process, const char* file) {
  return "/proc/" + std::to_string(process) + "/" + file;
}

std::vector<pid_t> processes() {
  std::vector<pid_t> found;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    pid_t process = 0;
    const auto [last, wrong] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (wrong == std::errc() && last == name.data() + name.size()) found.push_back(process);
  }
  std::sort(found.begin(), found.end());
  return found;
}

// `name` behind the pair of parentheses of /proc/N/stat may hold anything; the fields follow.
std::vector<std::string> stat_of(pid_t process) {
  const std::string text = read_text(of_process(process, "stat"));
  const auto close = text.rfind(')');
  if (close == std::string::npos) return {};
  std::istringstream rest(text.substr(close + 1));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
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

mail::IpAddress from_hex(const std::string& text) {
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

struct Socket {
  Listening listening;
  std::string inode;
};

void add_sockets(const char* path, std::vector<Socket>& to) {
  std::istringstream text(read_text(path));
  std::string line;
  std::getline(text, line);
  while (std::getline(text, line)) {
    std::istringstream fields(line);
    std::vector<std::string> words;
    for (std::string word; fields >> word;) words.push_back(word);
    if (words.size() < 10 || words[3] != "0A") continue;  // TCP_LISTEN
    const auto colon = words[1].find(':');
    if (colon == std::string::npos) continue;
    unsigned port = 0;
    std::from_chars(words[1].data() + colon + 1, words[1].data() + words[1].size(), port, 16);
    Socket socket;
    socket.listening.address = from_hex(words[1].substr(0, colon));
    socket.listening.port = static_cast<std::uint16_t>(port);
    socket.inode = "socket:[" + words[9] + "]";
    to.push_back(std::move(socket));
  }
}

// Whose they are; where several have one, the first.
void find_owners(std::vector<Socket>& sockets) {
  std::map<std::string, std::vector<Socket*>> by_inode;
  for (auto& socket : sockets) by_inode[socket.inode].push_back(&socket);
  for (const auto process : processes()) {
    std::error_code error;
    for (fs::directory_iterator it(of_process(process, "fd"), error), end; !error && it != end;
         it.increment(error)) {
      const auto found = by_inode.find(link_of(it->path().string()));
      if (found == by_inode.end()) continue;
      for (auto* socket : found->second) {
        if (socket->listening.process != 0) continue;
        socket->listening.process = process;
        socket->listening.name = name_of(process);
        for (const auto& word : zero_separated(read_text(of_process(process, "cmdline")))) {
          socket->listening.command += (socket->listening.command.empty() ? "" : " ") + word;
        }
      }
    }
  }
}

// Connected IPv4 networks from the routing table, addresses from the trie of local routes.
std::vector<mail::Network> connected_v4(pid_t process) {
  std::vector<mail::Network> networks;
  std::istringstream text(read_text(of_process(process, "net/route")));
  std::string line;
  std::getline(text, line);
  while (std::getline(text, line)) {
    std::istringstream fields(line);
    std::vector<std::string> words;
    for (std::string word; fields >> word;) words.push_back(word);
    if (words.size() < 8 || words[2] != "00000000" || words[1] == "00000000") continue;
    const auto mask = mail::number_v4(from_hex(words[7]));
    networks.push_back({from_hex(words[1]), static_cast<unsigned>(std::popcount(mask))});
  }
  return networks;
}

std::vector<mail::IpAddress> local_v4(pid_t process) {
  std::vector<mail::IpAddress> addresses;
  std::istringstream text(read_text(of_process(process, "net/fib_trie")));
  std::optional<mail::IpAddress> last;
  for (std::string line; std::getline(text, line);) {
    const auto word = trim(line);
    if (word.starts_with("|-- ")) last = mail::IpAddress::parse(word.substr(4));
    if (!last || word.find("/32 host LOCAL") == std::string_view::npos) continue;
    if (std::find(addresses.begin(), addresses.end(), *last) == addresses.end()) {
      addresses.push_back(*last);
    }
  }
  return addresses;
}

std::vector<mail::Network> interfaces_v6(pid_t process) {
  std::vector<mail::Network> found;
  std::istringstream text(read_text(of_process(process, "net/if_inet6")));
  for (std::string line; std::getline(text, line);) {
    std::istringstream fields(line);
    std::string digits;
    std::string index;
    std::string prefix;
    if (!(fields >> digits >> index >> prefix) || digits.size() != 32) continue;
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      unsigned value = 0;
      std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, value, 16);
      bytes.at(i) = static_cast<std::uint8_t>(value);
    }
    unsigned bits = 0;
    std::from_chars(prefix.data(), prefix.data() + prefix.size(), bits, 16);
    found.push_back({mail::IpAddress::v6(bytes), bits});
  }
  return found;
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

std::set<std::uint16_t> v6_only_ports(std::string_view told) {
  std::set<std::uint16_t> ports;
  for (const auto line : split(told, '\n')) {
    const auto fields = words(line);
    constexpr std::string_view any = "[::]:";
    if (fields.size() < 4 || fields[0] != "LISTEN" || !fields[3].starts_with(any)) continue;
    std::uint16_t port = 0;
    const auto text = fields[3].substr(any.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error == std::errc() && end == text.data() + text.size()) ports.insert(port);
  }
  return ports;
}

std::vector<Listening> listening_here() {
  std::vector<Socket> sockets;
  add_sockets("/proc/self/net/tcp", sockets);
  const auto v4 = static_cast<std::ptrdiff_t>(sockets.size());
  add_sockets("/proc/self/net/tcp6", sockets);
  const auto told = ask_program({"ss", "-Hltn6"});
  const auto only = told ? v6_only_ports(*told) : std::set<std::uint16_t>();
  for (auto socket = sockets.begin() + v4; socket != sockets.end(); ++socket) {
    socket->listening.v6_only = only.contains(socket->listening.port);
  }
  find_owners(sockets);
  std::vector<Listening> found;
  for (auto& socket : sockets) found.push_back(std::move(socket.listening));
  return found;
}

std::vector<mail::Network> interfaces_of_process(pid_t process) {
  auto found = interfaces_v6(process);
  const auto networks = connected_v4(process);
  for (const auto& address : local_v4(process)) {
    unsigned prefix = address.is_loopback() ? 8 : 32;
    for (const auto& network : networks) {
      if (network.contains(address)) prefix = network.prefix;
    }
    found.push_back({address, prefix});
  }
  return found;
}

std::string hostname_in(const std::string& root) {
  return std::string(trim(read_text(root + "/etc/hostname")));
}

}  // namespace relayproof::cli
