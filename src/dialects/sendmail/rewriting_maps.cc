// `$( … $)` and `$[ … $]` on the right hand side of a rule.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/rewriting.h"

namespace relayproof::sendmail {
namespace {

constexpr std::size_t most_tokens = 1000;

bool is(const std::string& token, char kind) { return token.front() == kind; }

}  // namespace

// Replaces every `$( … $)` and `$[ … $]`; false if what a map gave is no text for tokens.
bool Rewriter::look_up_maps(Tokens& tokens, RunStatus& status, const SourceRange& where) {
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const bool is_host = is(tokens[at], op::host_begin);
    if (!is_host && !is(tokens[at], op::lookup_begin)) continue;
    const char last = is_host ? op::host_end : op::lookup_end;
    std::size_t end = at + 1;
    while (end < tokens.size() && !is(tokens[end], last)) ++end;
    Tokens lookup(tokens.begin() + static_cast<std::ptrdiff_t>(at),
                  tokens.begin() + static_cast<std::ptrdiff_t>(end));
    if (is_host) lookup.insert(lookup.begin() + 1, "host");
    const auto found = answer(lookup, status, where);
    if (!found) return false;
    const std::size_t behind = std::min(end + 1, tokens.size());
    Tokens made(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(at));
    made.insert(made.end(), found->begin(), found->end());
    made.insert(made.end(), tokens.begin() + static_cast<std::ptrdiff_t>(behind), tokens.end());
    at += found->size();
    --at;
    tokens = std::move(made);
    if (tokens.size() > most_tokens) {
      in_trouble("rewrite: expansion too long", where);
      return false;
    }
  }
  return true;
}

// `$(`, the map, the key, `$@` arguments, `$:` what counts if nothing is found.
Rewriter::Asked Rewriter::asked_of(const Tokens& lookup) const {
  Asked asked;
  std::vector<Tokens> parts(1);
  std::size_t otherwise = 0;
  for (std::size_t at = 2; at < lookup.size(); ++at) {
    if (is(lookup[at], op::host) || is(lookup[at], op::user)) {
      if (is(lookup[at], op::user)) otherwise = parts.size();
      parts.emplace_back();
    } else {
      parts.back().push_back(lookup[at]);
    }
  }
  for (std::size_t at = 1; at < parts.size(); ++at) {
    std::string text = tokenizer_.join(parts[at], space_);
    if (at == otherwise) {
      asked.otherwise = std::move(text);
    } else {
      asked.arguments.push_back(std::move(text));
    }
  }
  const MapOptions& options = maps_.options(lookup[1]);
  asked.key = tokenizer_.join(parts.front(), options.space == '\0' ? space_ : options.space);
  if (!options.keeps_quotes) asked.key = strip_quotes(asked.key);
  asked.key_tokens = std::move(parts.front());
  return asked;
}

// `$(macro {x} $@ value $)` sets a macro, and is nothing itself.
void Rewriter::set_macro(const Asked& asked) {
  std::vector<std::string> complaints;
  std::size_t place = 0;
  const MacroId id = read_macro_name(asked.key, place, names_, complaints);
  if (asked.arguments.empty()) {
    macros_.erase(id);
  } else if (id != 0) {
    macros_[id] = {asked.arguments.front(), {}};
  }
}

std::optional<Tokens> Rewriter::answer(const Tokens& lookup, RunStatus& status,
                                       const SourceRange& where) {
  if (lookup.size() < 2 || cf_.map(lookup[1]) == nullptr) {
    in_trouble(fmt::format("map {} not found", lookup.size() < 2 ? "" : lookup[1]), where);
    return std::nullopt;
  }
  const std::string& map = lookup[1];
  const MapOptions& options = maps_.options(map);
  Asked asked = asked_of(lookup);
  if (equals_ignoring_case(cf_.map(map)->type, "macro")) {
    set_macro(asked);
    return Tokens{};
  }
  const MapResult result = maps_.look_up(map, asked.key, asked.arguments);
  if (result.opaque) {
    in_trouble(fmt::format("what {} holds for {} is in no file", map, asked.key), where);
  }
  const MapAnswer& answer = result.answers.size() == 1
                                ? result.answers.front()
                                : result.answers.at(ask_(map, asked.key, result));
  if (answer.kind == MapAnswer::Kind::found) return cut_answer(answer.text, true);
  if (answer.kind == MapAnswer::Kind::fails) {
    if (!options.fails_quietly) status = RunStatus::fails_for_now;
    if (!options.on_failure.empty()) return cut_answer(asked.key + options.on_failure, true);
  }
  if (!asked.otherwise) return std::move(asked.key_tokens);
  return cut_answer(*asked.otherwise, false);
}

Tokens Rewriter::cut_answer(const std::string& text, bool from_map) {
  if (text.empty()) return {};
  return tokenizer_.cut(text, {from_map ? Scan::address : Scan::rule, '\0', false}).tokens;
}

}  // namespace relayproof::sendmail
