// The least that a closed mail server can be: one thread, epoll, no library. It is the other end of
// many_hosts, so that what is measured is the client.
//
//   bare_server PORT        listens on every address; ends when its standard input does
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

constexpr std::string_view greeting = "220 mail.example.com ESMTP\r\n";
constexpr std::string_view ehlo =
    "250-mail.example.com\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n";
constexpr std::string_view ok = "250 2.0.0 Ok\r\n";
constexpr std::string_view no_user = "550 5.1.1 User unknown\r\n";
constexpr std::string_view no_relay = "554 5.7.1 Relay access denied\r\n";
constexpr std::string_view bye = "221 2.0.0 Bye\r\n";

std::string_view to_recipient(std::string_view command) {
  const bool ours = command.find("@example.com>") != std::string_view::npos ||
                    command.find('@') == std::string_view::npos;
  if (!ours) return no_relay;
  return command.find("postmaster") != std::string_view::npos ? ok : no_user;
}

std::string_view answer(std::string_view command) {
  if (command.starts_with("EHLO") || command.starts_with("HELO")) return ehlo;
  if (command.starts_with("RCPT")) return to_recipient(command);
  return command.starts_with("QUIT") ? bye : ok;
}

// The rest of a line that has not come yet, for each connection.
using Rests = std::unordered_map<int, std::string>;

// False when the client has gone, or was told to.
bool serve(int client, std::string& rest) {
  std::array<char, 16384> buffer;
  const ssize_t size = ::recv(client, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  rest.append(buffer.data(), static_cast<std::size_t>(size));
  std::string out;
  std::size_t begin = 0;
  bool quit = false;
  for (std::size_t end; (end = rest.find("\r\n", begin)) != std::string::npos; begin = end + 2) {
    const auto command = std::string_view(rest).substr(begin, end - begin);
    out += answer(command);
    quit = quit || command.starts_with("QUIT");
  }
  rest.erase(0, begin);
  const ssize_t sent = ::send(client, out.data(), out.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(out.size()) && !quit;
}

int listen_on(std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(port);
  const bool bound = ::bind(listener, reinterpret_cast<sockaddr*>(&any), sizeof any) == 0;
  return bound && ::listen(listener, 4096) == 0 ? listener : -1;
}

void watch(int poll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  ::epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

void accept_all(int poll, int listener, Rests& rests) {
  for (int client; (client = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    rests[client].clear();
    watch(poll, client);
    ::send(client, greeting.data(), greeting.size(), MSG_NOSIGNAL);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = argc == 2 ? listen_on(static_cast<std::uint16_t>(std::atoi(argv[1]))) : -1;
  if (listener < 0) {
    std::fputs("bare_server: cannot listen\n", stderr);
    return 1;
  }
  const int poll = ::epoll_create1(0);
  watch(poll, listener);
  watch(poll, STDIN_FILENO);
  std::puts("listening");
  std::fflush(stdout);
  Rests rests;
  std::array<epoll_event, 256> events;
  while (true) {
    const int count = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == STDIN_FILENO) return 0;
      if (descriptor == listener) {
        accept_all(poll, listener, rests);
      } else if (!serve(descriptor, rests[descriptor])) {
        rests.erase(descriptor);
        ::close(descriptor);
      }
    }
  }
}
