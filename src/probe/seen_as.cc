#include "probe/seen_as.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace relayproof::probe {
namespace {

// Words that stand before the client's address, and whether the server's own may stand there too.
struct Cue {
  std::string_view words;  // lower case
  std::size_t reach;       // how many words later it may come
  bool sure = false;       // what follows is the client, even if it is the server's own address
};

constexpr std::array cues{
    Cue{" hello ", 6, true},      // OpenSMTPD, Sendmail, Exim, Exchange: Hello name [address]
    Cue{"at your service, ", 1},  // Gmail
    Cue{"client host ", 2},  // Postfix: Client host [address], Client host rejected: … [address]
    Cue{"your hostname, ", 1},     // Postfix: cannot find your hostname, [address]
    Cue{"reverse hostname, ", 1},  // Postfix
    Cue{"client ", 1},             // postscreen: client [address]
    Cue{" from ", 1},          // Postfix: from unknown[address], too many connections from address
    Cue{" for ", 1},           // Postfix: access denied for unknown[address]
    Cue{"lookup failed ", 1},  // Sendmail
    Cue{"possibly forged ", 1},    // Sendmail
    Cue{"banned sending ip ", 1},  // Exchange Online
    Cue{"rejected because ", 1},   // Exim configure.default
    Cue{"rejected: ", 1},          // Sendmail FEATURE(enhdnsbl)
    Cue{"your ip address ", 1},
    Cue{"your ip: ", 1},
};

// An address in the brackets that servers put around it; nullopt for anything else.
std::optional<mail::IpAddress> address_in(std::string_view word) {
  constexpr std::string_view around = "([])<>,.;:\"'";
  // `unknown[203.0.113.9]`, but not `test@[203.0.113.9]`, which is a mailbox.
  if (const std::size_t open = word.find('['); open != std::string_view::npos) {
    if (word.find('@') != std::string_view::npos) return {};
    word.remove_prefix(open);
    word = word.substr(0, word.find(']'));
  }
  if (starts_with_ignoring_case(word.substr(std::min(word.find_first_not_of("(["), word.size())),
                                "IPv6:")) {
    word.remove_prefix(word.find(':') + 1);
  }
  const std::size_t begin = word.find_first_not_of("([<\"'");
  if (begin == std::string_view::npos) return {};
  word.remove_prefix(begin);
  const std::size_t last = word.find_last_not_of(around);
  // A trailing `::` belongs to the address.
  word =
      word.ends_with("::") ? word : word.substr(0, last == std::string_view::npos ? 0 : last + 1);
  const auto address = mail::IpAddress::parse(word);
  if (!address) return {};
  return address->unmapped();
}

struct Known {
  std::optional<mail::IpAddress> echo;  // the address in our HELO, which may only be repeated
  mail::IpAddress server;
};

// The address behind a cue. The first one equal to our HELO literal is taken for its echo.
std::optional<mail::IpAddress> behind(const Cue& cue, std::string_view rest, const Known& known) {
  bool echo_expected = known.echo.has_value();
  auto following = words(rest);
  if (following.size() > cue.reach) following.resize(cue.reach);
  for (const auto word : following) {
    const auto address = address_in(word);
    // Behind "Hello" only in brackets: a version of four numbers looks like an address.
    if (!address || (cue.sure && word.find_first_of("[(") == std::string_view::npos)) continue;
    if (cue.sure && echo_expected && *address == *known.echo) {
      echo_expected = false;
      continue;
    }
    if (!cue.sure && *address == known.server) continue;
    return address;
  }
  return {};
}

std::optional<mail::IpAddress> in_text(const std::string& text, const Known& known) {
  // A space in front, so that a cue may open the text.
  const std::string lower = " " + to_lower(text);
  for (const auto& cue : cues) {
    const std::size_t at = lower.find(cue.words);
    if (at == std::string::npos) continue;
    const auto found = behind(cue, std::string_view(lower).substr(at + cue.words.size()), known);
    if (found) return found;
  }
  return {};
}

void append(std::vector<std::string>& texts, const std::optional<mail::Reply>& reply) {
  if (reply) texts.insert(texts.end(), reply->lines.begin(), reply->lines.end());
}

// What we called ourselves last.
std::string helo_of(const smtp::Record& record) {
  for (auto line = record.transcript.rbegin(); line != record.transcript.rend(); ++line) {
    if (line->from_server) continue;
    for (const std::string_view verb : {"EHLO ", "HELO "}) {
      if (starts_with_ignoring_case(line->bytes, verb)) {
        return std::string(trim(std::string_view(line->bytes).substr(verb.size())));
      }
    }
  }
  return {};
}

}  // namespace

std::optional<mail::IpAddress> seen_as(const std::vector<std::string>& texts,
                                       std::string_view our_helo, const mail::IpAddress& server) {
  const Known known{address_in(our_helo), server.unmapped()};
  for (const auto& text : texts) {
    if (const auto found = in_text(text, known)) return found;
  }
  return {};
}

std::optional<mail::IpAddress> seen_as(const smtp::Record& record, const mail::IpAddress& server) {
  std::vector<std::string> texts;
  append(texts, record.ehlo);
  append(texts, record.greeting);
  for (const auto& answers : record.answers) {
    append(texts, answers.mail);
    append(texts, answers.rcpt);
    append(texts, answers.data);
  }
  return seen_as(texts, helo_of(record), server);
}

std::optional<mail::IpAddress> seen_in_received(std::string_view field) {
  const std::string lower = to_lower(field);
  std::string_view from = std::string_view(lower).substr(0, lower.find(" by "));
  if (!starts_with_ignoring_case(from, "from ")) return {};
  // What the client said comes first, or is marked as his word; what the server saw comes last.
  std::optional<mail::IpAddress> seen;
  for (const auto word : words(from)) {
    if (word.find("helo=") != std::string_view::npos) continue;
    if (word.find('[') == std::string_view::npos) continue;
    if (const auto address = address_in(word)) seen = address;
  }
  return seen;
}

}  // namespace relayproof::probe
