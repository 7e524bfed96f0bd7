// Reads sendmail.cf line by line, each by its first character. Only for cf_*.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/cf.h"
#include "dialects/sendmail/cf_tokens.h"

namespace relayproof::sendmail {

class CfReader {
 public:
  CfReader(const FileSystem& files, std::string path, const CfHost& host);
  /// An error only where the text is beyond any real one.
  std::optional<Error> read(std::string_view text);
  Cf finish() &&;

 private:
  struct Line {
    std::string text;  ///< internal form, without its first character
    std::string_view raw;
    SourceRange where;
  };
  using Reader = void (CfReader::*)(const Line&);
  static Reader reader_of(char key);

  void read_rule(const Line& line);
  void read_rule_set(const Line& line);
  void read_macro(const Line& line);
  void read_class(const Line& line);
  void read_trusted(const Line& line);
  void read_class_file(const Line& line);
  void read_mailer(const Line& line);
  void read_option(const Line& line);
  void read_map(const Line& line);
  void read_version(const Line& line);
  void read_milter(const Line& line);
  void skip(const Line& line);

  void define_host();
  void define(std::string_view name, std::string value);
  void add_words(MacroId id, std::string_view words, const SourceRange& where);
  void add_member(MacroId id, std::string_view word, const SourceRange& where);
  void add_address(std::string_view address);
  std::string read_file_of_class(MacroId id, ClassSource& source, std::string_view format);
  /// The set of that name or number; made if there is none. Null if it can be neither.
  CfRuleSet* rule_set(std::string_view name, const SourceRange& where);
  CfRuleSet& numbered_rule_set(int number);
  Tokens side(std::string_view text, const SourceRange& where);
  void check_rule(const CfRule& rule);
  void problem(std::string says, const SourceRange& where, bool fatal = true);
  const Tokenizer& tokenizer();

  const FileSystem& files_;
  const CfHost& host_;
  Cf cf_;
  std::optional<std::size_t> current_;  ///< the rule set that rules go to
  std::optional<Tokenizer> tokenizer_;
};

/// The long name of an option that is written as one letter; empty if there is none.
std::string_view option_name(char letter);

/// `[IPv6:2001:db8:0:0:0:0:0:1]` as Sendmail writes an address in brackets, `compressed` or not.
std::string address_literal(std::string_view address, bool compressed);

}  // namespace relayproof::sendmail
