#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/lexer.h"
#include "dialects/opensmtpd/smtpd_conf_parser.h"

namespace relayproof::opensmtpd {
namespace {

constexpr std::string_view name = "smtpd.conf";

// Which grammar a file is written in, by the first words of its lines.
Config::Grammar grammar_of(const std::string& file,
                           const std::shared_ptr<const std::string>& text) {
  constexpr std::string_view only_old[] = {"bounce-warn",
                                           "ciphers",
                                           "curve",
                                           "expire",
                                           "limit",
                                           "max-message-size",
                                           "accept",
                                           "max-mta-deferred",
                                           "subaddressing-delimiter"};
  Lexer lexer(file, text);
  bool begins = true;
  bool is_old = false;
  for (auto token = lexer.next(); token.kind != Token::Kind::end && !lexer.ran_away();
       token = lexer.next()) {
    if (begins && (token.is_word("match") || token.is_word("action")))
      return Config::Grammar::match;
    is_old = is_old || (begins && std::any_of(std::begin(only_old), std::end(only_old),
                                              [&](auto word) { return token.is_word(word); }));
    // What smtpd calls a broken word ends with its line.
    begins = token.kind == Token::Kind::newline || token.kind == Token::Kind::broken;
  }
  return is_old ? Config::Grammar::accept : Config::Grammar::match;
}

}  // namespace

bool is_lmtp(const Action& action) { return starts_with_ignoring_case(action.host, "lmtp://"); }

Result<Config> read(const FileSystem& files, const std::string& path) {
  Config config;
  const bool is_folder = files.info(path).kind == FileInfo::Kind::folder;
  config.main = is_folder ? path_in(path, name) : path;
  const auto slash = config.main.rfind('/');
  config.folder = slash == std::string::npos ? std::string(".") : config.main.substr(0, slash);
  const auto text = files.read(config.main);
  if (!text) return tl::unexpected(text.error());
  config.grammar = grammar_of(config.main, *text);
  config.files.push_back(config.main);
  Parser(files, config, *text).run();
  return config;
}

}  // namespace relayproof::opensmtpd
