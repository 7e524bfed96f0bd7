#include "probe/endings.h"

#include <string_view>

#include "base/text.h"

namespace relayproof::probe {
namespace {

constexpr std::size_t last_words_shown = 100;

std::string_view in_words(smtp::Ending ending) {
  switch (ending) {
    case smtp::Ending::no_greeting:
      return "no greeting";
    case smtp::Ending::greeting_refused:
      return "it lets nobody in";
    case smtp::Ending::starttls_refused:
      return "STARTTLS fails";
    case smtp::Ending::no_starttls:
      return "STARTTLS is not offered";
    case smtp::Ending::closed_by_peer:
      return "it hung up";
    case smtp::Ending::service_closing:
      return "it ended the session";
    case smtp::Ending::timed_out:
      return "it stopped answering";
    case smtp::Ending::not_smtp:
      return "it does not speak SMTP";
    case smtp::Ending::out_of_step:
      return "its replies do not fit our commands";
    case smtp::Ending::too_much:
      return "it sends more than any reply holds";
    default:
      return to_string(ending);
  }
}

}  // namespace

std::string last_words(const smtp::Record& record) {
  return escape_foreign(record.ending_detail, last_words_shown);
}

std::string describe(const smtp::Record& record) {
  // It kept to the protocol, and nothing that it said was an answer: 354 to RCPT.
  if (record.ending == smtp::Ending::quit) return "its replies say neither yes nor no";
  const std::string ending(in_words(record.ending));
  const std::string words = last_words(record);
  return words.empty() || words == ending ? ending : ending + ": " + words;
}

}  // namespace relayproof::probe
