#include "dialects/postfix/postconf_script_shell.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/postfix/postconf_script_words.h"

namespace relayproof::postfix::shell {
namespace {

using Kind = Node::Kind;

// Where a list of commands ends; each construct asks for its own.
constexpr std::array<std::string_view, 8> closers{"then", "elif", "else", "fi",
                                                  "do",   "done", "esac", "}"};

class Parser {
 public:
  explicit Parser(const LogicalLine& source)
      : text_(source.text), lexer_(text_, script_.here_documents, [this] { skip_commands(); }) {}

  Script run() {
    script_.root = sequence();
    const Token& rest = peek();
    if (rest.kind != Token::Kind::end) lexer_.fail(rest.at, "nothing that this could end");
    script_.stopped = lexer_.stopped();
    return std::move(script_);
  }

 private:
  const Token& peek() {
    if (!token_) token_ = lexer_.next();
    if (lexer_.stopped()) token_ = Token{Token::Kind::end, lexer_.stopped()->at};
    return *token_;
  }
  Token take() {
    Token token = peek();
    token_.reset();
    return token;
  }
  void skip_newlines() {
    while (peek().kind == Token::Kind::newline) take();
  }

  bool is_word(std::string_view text) {
    return peek().kind == Token::Kind::word && peek().word.plain() == text;
  }
  bool take_word(std::string_view text) {
    if (!is_word(text)) return false;
    take();
    return true;
  }
  void expect(std::string_view text) {
    skip_newlines();
    if (!take_word(text)) lexer_.fail(peek().at, '"' + std::string(text) + "\" is missing");
  }
  bool take_operation(std::string_view text) {
    if (!peek().is(text)) return false;
    take();
    return true;
  }

  // Within `$(`: up to its `)`, of which nothing is kept.
  void skip_commands() {
    auto token = std::exchange(token_, std::nullopt);
    sequence();
    if (!peek().is(")")) lexer_.fail(peek().at, "a ) is missing");
    token_ = std::move(token);
  }

  bool is_over() {
    const Token& token = peek();
    if (token.kind == Token::Kind::end) return true;
    if (token.is(")") || token.text.starts_with(";;") || token.is(";&")) return true;
    const auto word = token.kind == Token::Kind::word ? token.word.plain() : std::nullopt;
    return word && std::ranges::find(closers, *word) != closers.end();
  }

  Node sequence() {
    Node node{Kind::sequence, peek().at};
    const Lexer::Deeper deeper(lexer_);
    for (skip_newlines(); !is_over(); skip_newlines()) {
      node.children.push_back(and_or());
      if (take_operation(";") || take_operation("&")) continue;
      if (!is_over() && peek().kind != Token::Kind::newline) {
        lexer_.fail(peek().at, "a command does not end here");
      }
    }
    return node;
  }

  Node and_or() {
    Node node{Kind::and_or, peek().at};
    node.children.push_back(pipeline());
    while (peek().is("&&") || peek().is("||")) {
      node.links.push_back(take().text.front());
      skip_newlines();
      node.children.push_back(pipeline());
    }
    return node.children.size() == 1 ? std::move(node.children.front()) : std::move(node);
  }

  Node pipeline() {
    Node node{Kind::pipeline, peek().at};
    while (is_word("!") || is_word("time")) {
      if (take().word.plain() == "!") node.is_negated = !node.is_negated;
    }
    node.children.push_back(command());
    while (peek().is("|") || peek().is("|&")) {
      take();
      skip_newlines();
      node.children.push_back(command());
    }
    if (node.children.size() > 1 || node.is_negated) return node;
    return std::move(node.children.front());
  }

  Node command() {
    const Lexer::Deeper deeper(lexer_);
    if (peek().is("(")) return with_redirections(subshell());
    const auto word = peek().kind == Token::Kind::word ? peek().word.plain() : std::nullopt;
    for (const auto& [name, parse] : compounds) {
      if (word == name) return with_redirections((this->*parse)());
    }
    return simple();
  }

  Node with_redirections(Node node) {
    while (is_redirection()) redirection(node);
    return node;
  }

  Node subshell() {
    Node node{Kind::group, take().at};
    if (peek().is("(") && peek().at == node.at + 1) {  // `(( … ))`
      token_.reset();
      lexer_.skip_arithmetic();
      node.kind = Kind::simple;
      return node;
    }
    node.is_subshell = true;
    node.children.push_back(sequence());
    if (!take_operation(")")) lexer_.fail(peek().at, "a ) is missing");
    return node;
  }

  Node braces() {
    Node node{Kind::group, take().at};
    node.children.push_back(sequence());
    expect("}");
    return node;
  }

  Node choice() {
    Node node{Kind::choice, take().at};
    node.children.push_back(sequence());
    expect("then");
    node.children.push_back(sequence());
    while (take_word("elif")) {
      node.children.push_back(sequence());
      expect("then");
      node.children.push_back(sequence());
    }
    if (take_word("else")) node.children.push_back(sequence());
    expect("fi");
    return node;
  }

  void loop_body(Node& node) {
    expect("do");
    node.children.push_back(sequence());
    expect("done");
  }

  Node while_loop() {
    Node node{Kind::loop, take().at};
    node.children.push_back(sequence());
    loop_body(node);
    return node;
  }

  Node for_loop() {
    Node node{Kind::loop, take().at};
    if (take_operation("(")) {
      take_operation("(");
      lexer_.skip_arithmetic();
    } else {
      const Token name = take();
      node.name = name.word.plain().value_or("");
      if (!is_name(node.name)) lexer_.fail(name.at, "no name of a variable");
      skip_newlines();
      if (take_word("in")) {
        while (peek().kind == Token::Kind::word) node.words.push_back(take().word);
      }
    }
    take_operation(";");
    skip_newlines();
    if (is_word("{")) {  // bash takes it for `do`
      node.children.push_back(braces());
      return node;
    }
    loop_body(node);
    return node;
  }

  Node cases() {
    Node node{Kind::cases, take().at};
    node.words.push_back(take().word);
    expect("in");
    for (skip_newlines(); !is_word("esac"); skip_newlines()) {
      take_operation("(");
      while (peek().kind == Token::Kind::word || peek().is("|")) take();
      if (!take_operation(")")) lexer_.fail(peek().at, "a ) is missing behind a pattern");
      if (lexer_.stopped()) return node;
      node.children.push_back(sequence());
      if (peek().text.starts_with(";")) take();
    }
    take();
    return node;
  }

  Node function() {
    take();
    const Token name = take();
    Node node{Kind::function, name.at, std::string(name.word.plain().value_or(""))};
    if (take_operation("(") && !take_operation(")")) lexer_.fail(peek().at, "a ) is missing");
    return body_of(std::move(node));
  }

  Node body_of(Node node) {
    skip_newlines();
    node.children.push_back(command());
    return node;
  }

  // `[[ … ]]`: its words, operators included.
  Node test() {
    Node node{Kind::simple, peek().at};
    node.words.push_back(take().word);
    while (true) {
      Token token = lexer_.next_in_test();
      if (token.kind == Token::Kind::end) {
        lexer_.fail(node.at, "this [[ does not end");
        return node;
      }
      const bool ends = token.word.plain() == "]]";
      node.words.push_back(std::move(token.word));
      if (ends) return node;
    }
  }

  bool is_redirection() {
    constexpr std::array<std::string_view, 11> all{"<",   ">",   ">>", ">&",  "<&", "<<",
                                                   "<<-", "<<<", "&>", "&>>", ">|"};
    if (peek().kind != Token::Kind::operation) return false;
    return peek().is("<>") || std::ranges::find(all, peek().text) != all.end();
  }

  void redirection(Node& node) {
    const Token operation = take();
    const Token target = take();
    if (target.kind != Token::Kind::word) {
      return lexer_.fail(target.at, "a word is missing behind " + operation.text);
    }
    Redirection to{Redirection::Kind::other, operation.descriptor, operation.text.starts_with('&'),
                   target.word};
    const std::string& text = operation.text;
    if (text == ">" || text == "&>" || text == ">|") to.kind = Redirection::Kind::write;
    if (text == ">>" || text == "&>>") to.kind = Redirection::Kind::append;
    if (text == "<") to.kind = Redirection::Kind::read;
    if (text == "<<" || text == "<<-") {
      to.kind = Redirection::Kind::here;
      to.here = lexer_.expect_here_document(target.word, text == "<<-");
    } else if (text == "<<<") {
      to.kind = Redirection::Kind::here;
      to.here = script_.here_documents.size();
      script_.here_documents.push_back(target.word);
    }
    node.redirections.push_back(std::move(to));
  }

  static std::optional<Assignment> assignment(const Word& word) {
    if (word.parts.empty()) return std::nullopt;
    const Part& first = word.parts.front();
    const auto equals = first.text.find('=');
    if (first.kind != Part::Kind::text || first.quoted || equals == std::string::npos) {
      return std::nullopt;
    }
    Assignment found{first.text.substr(0, equals), word};
    if (found.name.ends_with('+')) {
      found.appends = true;
      found.name.pop_back();
    }
    if (!is_name(found.name)) return std::nullopt;
    Part& value = found.value.parts.front();
    value.text.erase(0, equals + 1);
    value.at += equals + 1;
    if (value.text.empty()) found.value.parts.erase(found.value.parts.begin());
    return found;
  }

  Node simple() {
    Node node{Kind::simple, peek().at};
    while (true) {
      if (is_redirection()) {
        redirection(node);
        continue;
      }
      if (peek().kind != Token::Kind::word) break;
      Word word = take().word;
      auto assigned = node.words.empty() ? assignment(word) : std::nullopt;
      if (assigned) {
        node.assignments.push_back(std::move(*assigned));
        continue;
      }
      node.words.push_back(std::move(word));
      if (node.words.size() == 1 && peek().is("(")) return definition(std::move(node));
    }
    const bool empty = node.words.empty() && node.assignments.empty() && node.redirections.empty();
    if (empty) lexer_.fail(peek().at, "a command is missing");
    return node;
  }

  // `name ( ) { … }`
  Node definition(Node node) {
    Node function{Kind::function, node.at};
    function.name = node.words.front().plain().value_or("");
    take();
    if (!take_operation(")") || function.name.empty()) {
      lexer_.fail(peek().at, "a ( that nothing needs");
      return node;
    }
    return body_of(std::move(function));
  }

  using Parse = Node (Parser::*)();
  static constexpr std::array<std::pair<std::string_view, Parse>, 9> compounds{{
      {"{", &Parser::braces},
      {"if", &Parser::choice},
      {"while", &Parser::while_loop},
      {"until", &Parser::while_loop},
      {"for", &Parser::for_loop},
      {"select", &Parser::for_loop},
      {"case", &Parser::cases},
      {"function", &Parser::function},
      {"[[", &Parser::test},
  }};

  const std::string& text_;
  Script script_;
  Lexer lexer_;
  std::optional<Token> token_;
};

}  // namespace

Script parse(const LogicalLine& source) { return Parser(source).run(); }

}  // namespace relayproof::postfix::shell
