// The floor of many_hosts: what no client can be faster than on this machine. One thread, epoll, no
// library; it sends the bytes of a script to each host, counts lines, and understands none of them.
//
//   bare_client FIRST-ADDRESS HOSTS PORT AT-A-TIME < SCRIPT
//
// The script has a line `connect` for each connection to a host, `say BYTES` (with \r\n for a line
// end), and `lines N`, as many as to wait for. Prints the hosts it finished.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

struct Step {
  enum class What { connect, say, lines } what;
  std::string bytes;
  std::size_t count = 0;
};

std::vector<Step> read_script() {
  std::vector<Step> steps;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "connect") steps.push_back({Step::What::connect, {}, 0});
    if (line.starts_with("lines ")) {
      steps.push_back({Step::What::lines, {}, std::stoul(line.substr(6))});
    }
    if (!line.starts_with("say ")) continue;
    std::string bytes = line.substr(4);
    for (std::size_t at; (at = bytes.find("\\r\\n")) != std::string::npos;) {
      bytes.replace(at, 4, "\r\n");
    }
    steps.push_back({Step::What::say, std::move(bytes), 0});
  }
  return steps;
}

struct Host {
  std::uint32_t address = 0;
  std::size_t step = 0;
  std::size_t awaited = 0;  // lines
  int socket = -1;
};

class Client {
 public:
  Client(std::vector<Step> script, std::uint32_t first, std::size_t hosts, std::uint16_t port)
      : script_(std::move(script)), next_(first), left_(hosts), port_(port) {}

  std::size_t run(std::size_t at_a_time) {
    hosts_.resize(std::min(at_a_time, left_));
    for (std::size_t i = 0; i < hosts_.size(); ++i) begin(i);
    std::array<epoll_event, 256> events;
    while (under_way_ > 0) {
      const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) take(events[static_cast<std::size_t>(i)].data.u64);
    }
    return finished_;
  }

 private:
  void begin(std::size_t slot) {
    if (left_ == 0) return;
    --left_;
    ++under_way_;
    hosts_[slot] = {next_++, 0, 0, -1};
    go_on(slot);
  }

  void end(std::size_t slot, bool whole) {
    if (hosts_[slot].socket >= 0) ::close(hosts_[slot].socket);
    finished_ += whole ? 1 : 0;
    --under_way_;
    begin(slot);
  }

  void go_on(std::size_t slot) {
    Host& host = hosts_[slot];
    while (host.awaited == 0) {
      if (host.step == script_.size()) return end(slot, true);
      const Step& step = script_[host.step++];
      const bool done = step.what == Step::What::connect ? connect(slot)
                        : step.what == Step::What::say   ? say(host, step.bytes)
                                                         : (host.awaited = step.count, true);
      if (!done) return end(slot, false);
    }
  }

  bool connect(std::size_t slot) {
    Host& host = hosts_[slot];
    if (host.socket >= 0) ::close(host.socket);
    // Loopback connects at once: waiting for it would only add a call.
    host.socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    ::setsockopt(host.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr.s_addr = htonl(host.address);
    if (::connect(host.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return false;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = slot;
    return ::epoll_ctl(poll_, EPOLL_CTL_ADD, host.socket, &event) == 0;
  }

  static bool say(const Host& host, const std::string& bytes) {
    return ::send(host.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  void take(std::size_t slot) {
    Host& host = hosts_[slot];
    std::array<char, 16384> buffer;
    const ssize_t size = ::recv(host.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) return end(slot, false);
    const auto lines =
        static_cast<std::size_t>(std::count(buffer.begin(), buffer.begin() + size, '\n'));
    host.awaited -= std::min(host.awaited, lines);
    if (host.awaited == 0) go_on(slot);
  }

  std::vector<Step> script_;
  std::uint32_t next_;
  std::size_t left_;
  std::uint16_t port_;
  int poll_ = ::epoll_create1(0);
  std::vector<Host> hosts_;
  std::size_t under_way_ = 0;
  std::size_t finished_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  in_addr first{};
  if (argc != 5 || ::inet_pton(AF_INET, argv[1], &first) != 1) {
    std::fputs("usage: bare_client FIRST-ADDRESS HOSTS PORT AT-A-TIME < SCRIPT\n", stderr);
    return 1;
  }
  Client client(read_script(), ntohl(first.s_addr), std::stoul(argv[2]),
                static_cast<std::uint16_t>(std::atoi(argv[3])));
  std::printf("%zu\n", client.run(std::stoul(argv[4])));
}
