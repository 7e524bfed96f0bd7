// The value of an smtpd_*_restrictions parameter or of a restriction class, item by item.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/restriction_words.h"
#include "dialects/postfix/table_name.h"

namespace relayproof::postfix {

/// `unix:private/policy`, with the settings that stand in braces behind it.
struct PolicyService {
  struct Setting {
    std::string name;
    std::string value;
  };
  std::string endpoint;
  std::vector<Setting> settings;  ///< `default_action`, `timeout`, ...
};

/// `zone=127.0.0.[1..10]` of an RBL.
struct DnsList {
  std::string zone;
  std::string reply;  ///< the filter behind `=`; empty: every reply counts
};

struct Restriction {
  enum class Kind : std::uint8_t {
    word,       ///< one that Postfix knows
    named,      ///< a name it does not know: a restriction class, or an error: is_class() says
    malformed,  ///< a server error (451 4.3.5) for whoever gets here; see `problem`
  };
  Kind kind = Kind::word;
  const RestrictionWord* word = nullptr;  ///< of word and, where it is known, of malformed
  std::string name;                       ///< as written; the bare `type:name` of an implied check
  std::size_t offset = 0;                 ///< of the name in the value
  std::size_t size = 0;                   ///< up to the end of its argument
  bool implied = false;                   ///< a bare `type:name`: `word` is the list's own check
  bool warn_only = false;                 ///< behind warn_if_reject
  std::string argument;                   ///< as written; empty if it has none
  std::size_t argument_offset = 0;
  std::optional<TableName> table{};
  std::optional<PolicyService> policy{};
  std::optional<DnsList> dns_list{};
  std::string search;   ///< the search_order of `{ type:name, search_order = ... }`
  std::string problem;  ///< of malformed, or what is odd about a good one
};

struct RestrictionList {
  std::vector<Restriction> items;
  std::vector<std::string> words;  ///< as tokenised, arguments and all
  std::vector<Problem> problems;  ///< `where` without a file: column is the offset in the value + 1
  std::optional<Problem> fatal;   ///< smtpd stops on reading this value
};

/// Reads the value, `$name` already expanded. `kind` is nullopt for a class, whose bare `type:name`
/// takes the meaning of the list that runs it.
RestrictionList parse_restrictions(std::string_view value, std::optional<ListKind> kind,
                                   const Version& version);

/// The items of a restriction class, or null if there is none of that name (case counts).
using FindClass = std::function<const RestrictionList*(std::string_view name)>;

/// Whether smtpd finds in the list what it wants in smtpd_relay_restrictions or in
/// smtpd_recipient_restrictions before it serves anybody: reject, defer, defer_if_permit,
/// reject_unauth_destination, defer_unauth_destination (check_relay_domains before 3.9 counts,
/// too), not behind warn_if_reject and not behind permit; classes are looked into.
bool has_required(const RestrictionList& list, const FindClass& find_class);

}  // namespace relayproof::postfix
