// sendmail.cf as it stands: the lines of the file, the classes with the members their files give
// them, the rule sets cut into tokens. Facts are those of Sendmail 8.12 to 8.18: its "Installation
// and Operation Guide" (op), section 5, and measured on 8.17.
//
// Text that rules and macros are made of is kept in the form that the program itself works on:
// `$` operators are single bytes from 0x80 on (op.h names them), `$&x` is two bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/source_range.h"
#include "dialects/dialect.h"

namespace relayproof::sendmail {

/// Compares as classes, maps, options and rule sets are found: in any case (ASCII).
struct AnyCase {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};

/// The number of a macro or class: the character itself, or 0xA0 and on for a long name.
using MacroId = std::uint8_t;

/// Names longer than one character have numbers in the order in which they come up.
class MacroNames {
 public:
  /// 0 if there are too many of them.
  MacroId enter(std::string_view name);
  /// 0 if nothing in the file mentions it.
  MacroId find(std::string_view name) const;
  std::string name(MacroId id) const;

 private:
  std::map<std::string, MacroId, std::less<>> ids_;
  std::vector<std::string> long_names_;
};

/// One `D` line, or what the program defines by itself (no file in `where`).
struct CfMacro {
  std::string value;  ///< internal form
  SourceRange where;
};

/// Where members of a class come from: a `C`, `T` or `F` line.
struct ClassSource {
  enum class Kind : std::uint8_t { words, file, program, map };
  SourceRange where;
  Kind kind = Kind::words;
  std::string name;       ///< of the file, program or map
  bool optional = false;  ///< `F-o`
  std::string problem;    ///< why its members are not known; empty: they are
};

/// A class, `$=w`. Members are in the case in which they were written first.
struct CfClass {
  std::map<std::string, SourceRange, AnyCase> members;
  std::vector<ClassSource> sources;
  bool has(std::string_view word) const { return members.count(word) != 0; }
  /// False if a source's members are not known.
  bool is_complete() const;
};

/// One `O` line. Names of one letter are given their long name.
struct CfOption {
  std::string name;
  std::string value;
  SourceRange where;
};

/// One `K` line: `Kaccess hash -T<TMPF> -o /etc/mail/access`.
struct CfMap {
  std::string name;
  std::string type;       ///< `hash`, `sequence`
  std::string arguments;  ///< all behind the type
  SourceRange where;
};

/// One `M` line.
struct CfMailer {
  std::string name;
  std::string program;  ///< `P=`: `[IPC]` speaks SMTP to the host
  std::string flags;    ///< `F=`
  std::string arguments;
  std::string sender_envelope_rules, recipient_envelope_rules;
  SourceRange where;
  bool has_flag(char flag) const { return flags.find(flag) != std::string::npos; }
};

/// One `R` line.
struct CfRule {
  std::vector<std::string> left, right;  ///< tokens, internal form
  std::string text;                      ///< as written, without `R`, left and right hand side
  SourceRange where;
};

/// `S` lines of the same name or number are one rule set, in their order.
struct CfRuleSet {
  std::string name;  ///< `check_rcpt`, or the number
  std::vector<CfRule> rules;
  std::vector<SourceRange> where;  ///< its `S` lines
};

/// What Sendmail complains about. It goes on with the next line; a daemon does not start.
struct CfProblem {
  std::string says;
  SourceRange where;
  bool fatal = true;  ///< the daemon does not start
};

struct Cf {
  std::string file;
  int level = 0;        ///< of the `V` line: 10 for 8.12 and later
  std::string vendor;   ///< of the `V` line: `Berkeley`
  std::string version;  ///< `$Z`: `8.17.1.9/Debian-2`; empty: the file does not tell
  MacroNames names;
  std::map<MacroId, CfMacro> macros;
  std::map<MacroId, CfClass> classes;
  std::vector<CfOption> options;  ///< in the order of the file; the last one counts
  std::map<std::string, CfMap, AnyCase> maps;
  std::vector<CfMailer> mailers;
  std::vector<CfRuleSet> rule_sets;
  std::map<std::string, std::size_t, AnyCase> rule_set_index;  ///< by name and by number
  std::vector<SourceRange> milters;                            ///< `X` lines
  std::vector<CfProblem> problems;
  std::vector<std::string> files;  ///< that were read, this one first
  std::string operators;           ///< characters that are tokens by themselves

  const CfRuleSet* rule_set(std::string_view name) const;
  const CfOption* option(std::string_view name) const;  ///< the last one of that name
  const CfMap* map(std::string_view name) const;
  const CfMailer* mailer(std::string_view name) const;
  const CfClass* class_of(std::string_view name) const;
  /// The value of a macro, expanded; empty if there is none.
  std::string macro(std::string_view name) const;
};

/// What the program itself knows of the machine before it reads the file: names and addresses,
/// which are in `$=w`, and `$j $w $m`.
struct CfHost {
  std::string name;                    ///< fully qualified, `$j`; empty: not known
  std::vector<std::string> names;      ///< further names of its own
  std::vector<std::string> addresses;  ///< of its interfaces, without loopback: `192.0.2.1`
};
CfHost host_of(const dialects::Host& host);

/// Reads the file and the files of its classes. Fails if it cannot be read, is no text, or is
/// larger than any real one: one line with file, line and column. What Sendmail would complain
/// about is in `problems`.
Result<Cf> read_cf(const FileSystem& files, const std::string& path, const CfHost& host);

/// The same for a text that is no file, such as what m4 made of a .mc; `path` names it.
Result<Cf> read_cf_text(std::string_view text, const std::string& path, const FileSystem& files,
                        const CfHost& host);

}  // namespace relayproof::sendmail
