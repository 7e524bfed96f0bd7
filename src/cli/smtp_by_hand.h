// A plain SMTP session on loopback, one command at a time, for asking our own server as somebody
// else.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace relayproof::cli {

struct HandReply {
  int code = 0;
  std::string text;  ///< of the last line
};

class HandSession {
 public:
  /// Connects to 127.0.0.1 and reads the greeting; waits 10 s at most for each reply.
  explicit HandSession(std::uint16_t port);
  HandSession(const HandSession&) = delete;
  HandSession& operator=(const HandSession&) = delete;
  ~HandSession();

  const HandReply& greeting() const { return greeting_; }
  /// The command without its line end; code 0: no reply came. A command with a line end in it is
  /// not sent.
  HandReply say(const std::string& command);

 private:
  HandReply read();
  int socket_ = -1;
  std::string buffer_;
  HandReply greeting_;
};

}  // namespace relayproof::cli
