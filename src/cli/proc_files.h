// What stands in /proc (proc(5)), read as text. What is gone or may not be read is empty.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "mail/ip_address.h"

namespace relayproof::cli {

/// At most 4 MiB of a file.
std::string read_text(const std::string& path);
std::string link_of(const std::string& path);

/// `/proc/N/FILE`.
std::string of_process(pid_t process, const char* file);
/// All of them, by number.
std::vector<pid_t> processes();
/// As the process calls itself, at most 15 bytes.
std::string name_of(pid_t process);
/// The words of a command line or an environment.
std::vector<std::string> zero_separated(const std::string& text);
/// The words of one line, with any blanks between.
std::vector<std::string> fields_of(const std::string& line);

/// An address of `net/tcp`, `net/tcp6`, `net/route`: hexadecimal words of 32 bits in host order.
mail::IpAddress address_from_hex(const std::string& text);

}  // namespace relayproof::cli
