// The regular expression engines that mail servers link, asked about one subject at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/truth.h"
#include "patterns/pattern.h"
#include "patterns/posix_trust.h"

namespace relayproof::patterns {

using Captures = std::vector<std::optional<std::string>>;

/// PCRE2, 8 bit, without UTF and without JIT, as Postfix calls it (src/util/dict_pcre.c).
class PcreEngine {
 public:
  static Result<PcreEngine> compile(const std::string& text, const Options& options);

  std::size_t groups() const;
  /// Unknown if a limit on backtracking or memory was reached. Where it matches and `captures` is
  /// given, they are filled in.
  Truth match(std::string_view subject, Captures* captures) const;

 private:
  explicit PcreEngine(std::shared_ptr<const void> code) : code_(std::move(code)) {}
  std::shared_ptr<const void> code_;  ///< a pcre2_code
};

/// regcomp(3) and regexec(3) of the C library. Subjects are strings of C: what follows a NUL is not
/// seen, as in Postfix, whose lookup keys are such strings, too.
class PosixEngine {
 public:
  static Result<PosixEngine> compile(const std::string& text, bool extended, const Options& options,
                                     const PosixTrust& trust);
  /// One that knows only how many groups there are: the C library takes memory and time without
  /// bound for patterns such as `((a{1,255}){1,255}){1,255}`, so they are not given to it.
  static PosixEngine unanswering(std::size_t groups);

  std::size_t groups() const { return groups_; }
  /// Unknown if memory ran out, where backreferences would make it take too long, and what the C
  /// library is not to be trusted with.
  Truth match(std::string_view subject, Captures* captures) const;

 private:
  std::shared_ptr<const void> expression_;  ///< a regex_t; null: it does not answer
  std::size_t groups_ = 0;
  bool refers_back_ = false;
  PosixTrust trust_;
};

using Engine = std::variant<PosixEngine, PcreEngine>;

}  // namespace relayproof::patterns
