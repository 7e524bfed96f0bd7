// smtpd.conf(5) word by word into a Config. What smtpd would not take becomes a problem, and the
// parser goes on with the next line, as smtpd's does.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/lexer.h"

namespace relayproof::opensmtpd {

/// The words of one statement, and what all kinds of statements need.
class Parser {
 public:
  Parser(const FileSystem& files, Config& config, std::shared_ptr<const std::string> text);

  void run();

  const Token& token() const { return token_; }
  void advance();
  bool at_end() const;
  bool at(std::string_view word) const { return token_.is_word(word); }
  bool at(char sign) const { return token_.is_sign(sign); }
  /// Goes on behind this word or sign if it stands here.
  bool take(std::string_view word);
  bool take(char sign);
  /// A word that is no keyword, or anything in quotes. If there is none it fails.
  std::optional<std::string> text();
  bool at_text() const;
  /// `<name>`, one value, or `{ ... }`.
  std::optional<TableId> table();
  bool at_table() const;
  /// The rows of `{ ... }`, into this table.
  bool rows_in_braces(TableId table);
  /// `{ a, b }` of filters' names.
  bool names_in_braces(std::vector<std::string>& names);
  /// Leaves out the rest of the statement, which says nothing that matters.
  bool skip_to_end();

  /// Says what is wrong, once a statement. Gives false, so that it can be returned.
  bool fail(std::string says = "syntax error");
  /// The same for what smtpd finds wrong only when the line is read.
  bool fail_at(const SourceRange& where, std::string says);
  /// What was wrong and does not keep smtpd's parser from going on.
  void complain(const SourceRange& where, std::string says);

  Config& config() { return config_; }
  const FileSystem& files() const { return files_; }
  Lexer& lexer() { return lexer_; }
  const Place& place() const { return place_; }
  std::optional<TableId> find_table(std::string_view name) const;
  TableId add_table(Table table);
  void open_table(TableId table, const std::string& path);

  std::map<std::string, std::size_t, std::less<>> actions;  ///< by name
  std::map<std::string, std::size_t, std::less<>> filters;  ///< by name
  std::map<std::string, bool, std::less<>> pkis;            ///< by name, in lower case

 private:
  void statement();
  bool dispatch();
  bool include();
  bool macro();
  bool table_statement();
  void finish(bool good, bool irrelevant);

  const FileSystem& files_;
  Config& config_;
  Lexer lexer_;
  Token token_;
  Place place_;  // of the statement
  bool failed_ = false;
  std::map<std::string, TableId, std::less<>> tables_;
};

// Each gives false if smtpd does not take the statement; the first word has been taken.
bool parse_listen(Parser& parser);
bool parse_action(Parser& parser);
bool parse_match(Parser& parser);
bool parse_filter(Parser& parser);
bool parse_accept(Parser& parser);  ///< the old grammar
bool parse_old_reject(Parser& parser);
/// `smtp`, `srs`, `pki`, `expire` ... `irrelevant`: nothing of it has to be known.
bool parse_setting(Parser& parser, std::string_view word, bool irrelevant);

}  // namespace relayproof::opensmtpd
