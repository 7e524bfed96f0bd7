// What the maps of a sendmail.cf answer: rows of the text that a database is made of, the built-in
// ones, and for all that is in no file the answers that are possible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file_system.h"
#include "dialects/sendmail/cf.h"

namespace relayproof::sendmail {

struct MapAnswer {
  enum class Kind : std::uint8_t { found, missing, fails };
  Kind kind = Kind::missing;
  std::string text;  ///< of found
  bool operator==(const MapAnswer&) const = default;
};

/// What one lookup came to. `macro` is what a `macro` map sets instead of answering.
struct MapResult {
  /// One: it is known. More: a hidden fact, and every answer that it can have.
  std::vector<MapAnswer> answers;
  std::string hidden;   ///< what is asked: `DNS of example.net`; empty: it is known
  bool opaque = false;  ///< hidden, and the answer can be any text
};

/// One row of a table.
struct MapRow {
  std::string_view value;
  std::uint32_t line = 0;
};

/// A database's text: `key blanks value`, as makemap(8) reads it.
struct MapTable {
  enum class Standing : std::uint8_t {
    read,
    missing,  ///< there is no such file, and it is optional: no key is in it
    broken,   ///< there is no such file: every lookup fails for now
    hidden    ///< only the database is there, or the text cannot be read
  };
  Standing standing = Standing::hidden;
  std::string file;  ///< the text
  std::string why;   ///< it is not read
  std::shared_ptr<const std::string> text;
  bool keeps_case = false;  ///< `-f`
};

struct MapRows {
  std::unordered_map<std::string, MapRow> rows;  ///< keys in lower case unless `-f`
  std::vector<CfProblem> problems;               ///< lines that makemap(8) complains about
};

/// Reads rows. A key that comes twice: the first one counts.
MapRows read_map_text(const std::string& file, std::string_view text, bool keeps_case);

/// The options of a `K` line: `-o -T<TMPF> -a. /etc/mail/access`.
struct MapOptions {
  std::string file;            ///< or all that follows the options
  std::string append;          ///< `-a`
  std::string on_failure;      ///< `-T`
  bool fails_quietly = false;  ///< `-t`: a lookup that fails finds nothing
  bool keeps_case = false;     ///< `-f`
  bool keeps_quotes = false;   ///< `-q`
  bool match_only = false;     ///< `-m`
  bool optional = false;       ///< `-o`
  char space = '\0';           ///< `-S`
  std::map<char, std::string> others;
};
MapOptions map_options(const CfMap& map);

class Maps {
 public:
  Maps(const Cf& cf, const FileSystem& files);

  /// `arguments` are %1 and on. The key is as the rule has it.
  MapResult look_up(std::string_view name, const std::string& key,
                    const std::vector<std::string>& arguments) const;
  const MapOptions& options(std::string_view name) const;
  /// Null if the map is not one of a file.
  const MapTable* table(std::string_view name) const;
  const std::vector<std::string>& files() const { return files_; }

 private:
  struct Known {
    const CfMap* map = nullptr;
    MapOptions options;
    std::unique_ptr<MapTable> table;
    mutable std::optional<MapRows> rows;  ///< read when the first of them is asked for
  };
  using Lookup = MapResult (Maps::*)(const Known&, const std::string&,
                                     const std::vector<std::string>&) const;
  static Lookup lookup_of(std::string_view type);

  MapResult in_table(const Known& map, const std::string& key,
                     const std::vector<std::string>& arguments) const;
  MapResult in_sequence(const Known& map, const std::string& key,
                        const std::vector<std::string>& arguments) const;
  MapResult in_nothing(const Known& map, const std::string& key,
                       const std::vector<std::string>& arguments) const;
  MapResult of_arithmetic(const Known& map, const std::string& key,
                          const std::vector<std::string>& arguments) const;
  MapResult of_quotes(const Known& map, const std::string& key,
                      const std::vector<std::string>& arguments) const;
  MapResult of_pattern(const Known& map, const std::string& key,
                       const std::vector<std::string>& arguments) const;
  MapResult of_user(const Known& map, const std::string& key,
                    const std::vector<std::string>& arguments) const;
  MapResult of_host(const Known& map, const std::string& key,
                    const std::vector<std::string>& arguments) const;
  MapResult of_exchangers(const Known& map, const std::string& key,
                          const std::vector<std::string>& arguments) const;
  MapResult of_reverse(const Known& map, const std::string& key,
                       const std::vector<std::string>& arguments) const;
  MapResult of_dns(const Known& map, const std::string& key,
                   const std::vector<std::string>& arguments) const;
  MapResult hidden(const Known& map, const std::string& key) const;
  std::unique_ptr<MapTable> open(const Known& map, const FileSystem& files);
  void read_users(const FileSystem& files);

  const Cf& cf_;
  std::map<std::string, Known, AnyCase> maps_;
  std::map<std::string, std::string, std::less<>> users_;  ///< name to its line of passwd(5)
  bool users_known_ = false;
  std::vector<std::string> files_;
};

/// `%1` replaced by arguments, `-a` appended.
std::string filled(std::string_view value, const std::string& key,
                   const std::vector<std::string>& arguments, const MapOptions& options);

/// Without quotes that are not escaped.
std::string strip_quotes(std::string_view text);

}  // namespace relayproof::sendmail
