// Dialogues in the notation of RFC 5321 appendix D, as files: what each side says, in order.
//
//   helo: probe.example            a setting; which ones there are is up to the test
//   S: 220 mx.example ESMTP        the server says this line
//   C: EHLO probe.example          the client says this line
//   X: closed                      something else happens
//   => quit                        what the test expects to come of it, checked as a golden file
//
// `#` begins a comment. In lines of the server `\xNN` is a byte, `\\` a backslash, and `\c` at the
// end leaves out the CR LF.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace relayproof::testing_support {

struct Step {
  enum class By { server, client, event };
  By by = By::server;
  std::string bytes;  ///< with line ends; the name of an event
};

struct Setting {
  std::string name;
  std::string value;
};

struct Dialogue {
  std::vector<Setting> settings;  ///< in order
  std::vector<Step> steps;        ///< lines of the server that follow each other are one step
  std::string script;             ///< the file without its `=>` lines

  /// The value of the last setting of that name, or `otherwise`.
  std::string setting(std::string_view name, std::string_view otherwise = "") const;
};

/// Lines that it cannot read are test failures.
Dialogue read_dialogue(const std::string& path);

/// The files of a folder with this ending, sorted; none is a test failure.
std::vector<std::string> files_in(const std::string& folder, std::string_view ending);

}  // namespace relayproof::testing_support
