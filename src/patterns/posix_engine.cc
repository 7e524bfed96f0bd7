#include <regex.h>

#include <array>

#include "patterns/engine.h"

namespace relayproof::patterns {
namespace {

const regex_t* expression_of(const std::shared_ptr<const void>& expression) {
  return static_cast<const regex_t*>(expression.get());
}

/// Where a pattern refers back, the C library tries everything: long subjects are left alone.
constexpr std::size_t longest_with_backreferences = 200;

/// Some digit behind a backslash, and perhaps one too many.
bool may_refer_back(const std::string& text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && text[i + 1] >= '1' && text[i + 1] <= '9') return true;
  }
  return false;
}

}  // namespace

Result<PosixEngine> PosixEngine::compile(const std::string& text, bool extended,
                                         const Options& options, const PosixTrust& trust) {
  int flags = extended ? REG_EXTENDED : 0;
  if (options.ignore_case) flags |= REG_ICASE;
  if (options.multiline) flags |= REG_NEWLINE;
  auto expression = std::make_unique<regex_t>();
  const int error = regcomp(expression.get(), text.c_str(), flags);
  if (error != 0) {
    std::array<char, 256> message{};
    regerror(error, expression.get(), message.data(), message.size());
    return failure(std::string(message.data()) + " in the pattern");
  }
  PosixEngine engine;
  engine.groups_ = expression->re_nsub;
  engine.refers_back_ = may_refer_back(text);
  engine.trust_ = trust;
  engine.expression_ =
      std::shared_ptr<const regex_t>(expression.release(), [](const regex_t* compiled) {
        // regfree(3) wants to write what it frees.
        auto* mine = const_cast<regex_t*>(compiled);
        regfree(mine);
        delete mine;
      });
  return engine;
}

PosixEngine PosixEngine::unanswering(std::size_t groups) {
  PosixEngine engine;
  engine.groups_ = groups;
  return engine;
}

Truth PosixEngine::match(std::string_view subject, Captures* captures) const {
  if (!expression_ || (refers_back_ && !trust_.refers_back)) return Truth::unknown;
  if (captures && groups_ > 0 && !trust_.groups) return Truth::unknown;
  const std::string seen(subject.substr(0, subject.find('\0')));
  if (refers_back_ && seen.size() > longest_with_backreferences) return Truth::unknown;
  std::vector<regmatch_t> places(captures ? groups_ + 1 : 0);
  const int found =
      regexec(expression_of(expression_), seen.c_str(), places.size(), places.data(), 0);
  if (found == REG_NOMATCH) return Truth::no;
  if (found != 0) return Truth::unknown;
  if (captures) captures->assign(groups_ + 1, std::nullopt);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].rm_so < 0) continue;
    const auto start = static_cast<std::size_t>(places[i].rm_so);
    (*captures)[i] = seen.substr(start, static_cast<std::size_t>(places[i].rm_eo) - start);
  }
  return Truth::yes;
}

}  // namespace relayproof::patterns
