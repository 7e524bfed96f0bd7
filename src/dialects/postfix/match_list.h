// Postfix's match lists: mynetworks, mydestination, relay_domains, virtual_*_domains,
// smtpd_authorized_xclient_hosts and their like. Patterns in order; the first one that matches
// counts, and `!` turns it into no.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/host.h"
#include "dialects/postfix/table_lines.h"
#include "dialects/postfix/table_name.h"

namespace relayproof::postfix {

/// One pattern of a list, or of a file that it names.
struct ListElement {
  enum class Kind : std::uint8_t {
    text,          ///< a name, a domain, an address or a network: the list's user says what
    table,         ///< `type:name`; see MatchList::tables
    missing_file,  ///< a file that cannot be read, or that names itself, which ends the same: every
                   ///< lookup that gets here is an error
  };
  Kind kind = Kind::text;
  bool negated = false;      ///< `!`, of the file's name, too
  std::uint32_t source = 0;  ///< of MatchList::sources
  std::uint32_t line = 0;    ///< in a file; 0 in the value
  std::uint32_t column = 0;  ///< in that line, from 1; in the value: the offset
  std::uint32_t table = 0;   ///< of MatchList::tables
  std::string_view text;     ///< without `!`, not folded: compare without regard to case
};

struct MatchList {
  /// Where patterns stand: the value itself (the first one), then each file as often as it is
  /// named.
  struct Source {
    std::shared_ptr<const TableText> text;
    std::uint32_t named_at = 0;  ///< the offset in the value through which we came here
  };
  std::vector<ListElement> elements;
  std::vector<Source> sources;
  std::vector<TableName> tables;
  std::vector<Problem> problems;  ///< `where` without a file: column is the offset in the value + 1
  bool complete = true;           ///< false: files name each other more often than we follow
  /// Postfix stops: `!` without a pattern, a table without a type or a name (`::1` without
  /// brackets).
  std::optional<Problem> fatal;

  /// file:line:column of an element of a file; nullopt for one of the value (its `column` is the
  /// offset there).
  std::optional<SourceRange> locate(const ListElement& element) const;
};

/// Reads a value. Relative paths do not exist here: only a leading `/` makes a file.
MatchList parse_match_list(const FileSystem& files, std::string_view value, const Version& version);

/// True if `pattern` matches the domain or host name: the same, or a parent domain of it. With
/// `parents_match` (parent_domain_matches_subdomains has the parameter) `example.com` takes its
/// subdomains in, else only `.example.com` does. Case does not count.
bool matches_domain(std::string_view pattern, std::string_view name, bool parents_match);

}  // namespace relayproof::postfix
