#include "cli/listening.h"

#include <charconv>
#include <filesystem>
#include <map>
#include <sstream>

#include "base/text.h"
#include "cli/ask_program.h"
#include "cli/proc_files.h"

namespace relayproof::cli {
namespace {

namespace fs = std::filesystem;

struct Socket {
  Listening listening;
  std::string inode;
};

void add_sockets(const char* path, std::vector<Socket>& to) {
  std::istringstream text(read_text(path));
  std::string line;
  std::getline(text, line);
  while (std::getline(text, line)) {
    const auto words = fields_of(line);
    if (words.size() < 10 || words[3] != "0A") continue;  // TCP_LISTEN
    const auto colon = words[1].find(':');
    if (colon == std::string::npos) continue;
    unsigned port = 0;
    std::from_chars(words[1].data() + colon + 1, words[1].data() + words[1].size(), port, 16);
    Socket socket;
    socket.listening.address = address_from_hex(words[1].substr(0, colon));
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

}  // namespace

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

}  // namespace relayproof::cli
