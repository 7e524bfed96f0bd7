#include "cli/smtp_by_hand.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace relayproof::cli {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 16U;

}  // namespace

HandSession::HandSession(std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    greeting_ = read();
  }
}

HandSession::~HandSession() {
  if (socket_ >= 0) ::close(socket_);
}

HandReply HandSession::say(const std::string& command) {
  if (command.find_first_of("\r\n") != std::string::npos) return {};
  const std::string line = command + "\r\n";
  const auto sent = ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(line.size())) return {};
  return read();
}

// RFC 5321 4.2.1: the last line of a reply has a blank behind its code.
HandReply HandSession::read() {
  for (;;) {
    const auto end = buffer_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      HandReply reply;
      const auto [last, error] = std::from_chars(
          line.data(), line.data() + std::min<std::size_t>(3, line.size()), reply.code);
      if (error != std::errc() || last != line.data() + 3) return {};
      if (line.size() > 3 && line[3] == '-') continue;
      reply.text = std::move(line);
      return reply;
    }
    std::array<char, 4096> bytes{};
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0 || buffer_.size() > most_bytes) return {};
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace relayproof::cli
