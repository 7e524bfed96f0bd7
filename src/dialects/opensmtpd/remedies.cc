#include "dialects/opensmtpd/remedies.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/matching.h"
#include "dialects/opensmtpd/remedy_parts.h"
#include "dialects/opensmtpd/statement_text.h"
#include "dialects/wide_network.h"

namespace relayproof::opensmtpd {
namespace {

using dialects::Remedy;
using dialects::TextEdit;

bool relays_for_all(const Config& config, const MatchRule& rule) {
  const bool relays = rule.action && config.actions[*rule.action].what == Action::What::relay;
  return relays && rule.to.what == For::What::any && !rule.to.negated && !rule.recipient.is_set &&
         !rule.sender.is_set && !rule.helo.is_set && !rule.tag.is_set && !rule.tls.is_set;
}

class Proposals {
 public:
  Proposals(const FileSystem& files, const Config& config, const dialects::RemedyRequest& request)
      : files_(files), config_(config), request_(request) {}

  std::vector<Remedy> run() {
    for (std::size_t i = 0; i < config_.rules.size(); ++i) about_rule(i);
    for (const auto& listen : config_.listens) about_listener(listen);
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Remedy& one, const Remedy& other) { return one.cost < other.cost; });
    return std::move(found_);
  }

 private:
  std::optional<StatementText> cause_at(const Place& place) const {
    auto text = StatementText::at(files_, place.where);
    const bool is_one =
        text && std::any_of(request_.causes.begin(), request_.causes.end(), [&](const auto& cause) {
          return cause.file == place.where.file && text->has_line(cause.line);
        });
    return is_one ? std::move(text) : std::nullopt;
  }

  void propose(std::string says, std::vector<TextEdit> edits, unsigned cost,
               std::string asks = {}) {
    std::string key;
    for (const auto& edit : edits) {
      key += edit.file + ' ' + std::to_string(edit.offset) + ' ' + edit.text + '\n';
    }
    if (edits.empty() || !seen_.insert(key).second) return;
    found_.push_back({std::move(says), std::move(edits), cost, std::move(asks)});
  }

  // Somebody else's rule would let the same clients through.
  bool another(const MatchRule& besides, bool (*is_one)(const MatchRule&)) const {
    return std::any_of(config_.rules.begin(), config_.rules.end(), [&](const MatchRule& rule) {
      return &rule != &besides && relays_for_all(config_, rule) && is_one(rule);
    });
  }

  bool offers_login() const {
    return std::any_of(config_.listens.begin(), config_.listens.end(),
                       [](const Listen& listen) { return listen.auth != Listen::Auth::none; });
  }

  void about_rule(std::size_t index) {
    const auto& rule = config_.rules[index];
    const auto text = cause_at(rule.place);
    if (!text || rule.rejects || !rule.action) return;
    const auto meant = std::find_if(config_.meant.begin(), config_.meant.end(),
                                    [&](const Meant& one) { return one.rule == index; });
    if (meant != config_.meant.end()) return about_meant(rule, *text);
    if (config_.actions[*rule.action].what != Action::What::relay) return;
    if (rule.tls.is_set) about_tls(*text);
    for (const auto table : {rule.from.table, rule.to.table, rule.recipient.table}) {
      if (table) about_rows(*table, table == rule.from.table);
    }
    const auto narrow = narrowed(rule, *text);
    if (narrow.empty()) {
      propose("take the rule out: others let your own clients relay", {whole(*text, "")}, 1);
      return;
    }
    propose("let this rule be for your own clients only", {in_place(*text, narrow)}, 1);
    propose("take the rule out", {whole(*text, "")}, 3);
  }

  // The rule once for each kind of the owner's clients; empty: others have all of them.
  std::string narrowed(const MatchRule& rule, const StatementText& text) const {
    const auto from = from_clause(text);
    const auto with_from = [&](const std::string& clause) {
      return text.with(from.begin, from.end, clause);
    };
    const bool old = config_.is_old();
    std::vector<std::string> rules;
    const auto is_local = [](const MatchRule& one) {
      return one.from.what == From::What::local && !one.from.negated && !one.auth.is_set;
    };
    const auto is_users = [](const MatchRule& one) { return one.auth.is_set && !one.auth.negated; };
    if (!another(rule, is_local)) rules.push_back(with_from("from local"));
    if (!request_.networks.empty()) {
      rules.push_back(with_from((old ? "from source " : "from src ") + networks()));
    }
    const bool can_ask = !old && !rule.auth.is_set && offers_login();
    if (can_ask && !another(rule, is_users)) rules.push_back(with_from("from any auth"));
    std::string all;
    for (const auto& one : rules) all += (all.empty() ? "" : "\n" + text.indent()) + one;
    return all;
  }

  std::string networks() const {
    std::string all;
    for (const auto& network : request_.networks) {
      all += (all.empty() ? "\"" : ", \"") + network.address.to_string() + '/' +
             std::to_string(network.prefix) + '"';
    }
    return "{ " + all + " }";
  }

  // `match from any for any relay`, which smtpd does not take, as it is meant, for own clients.
  void about_meant(const MatchRule& rule, const StatementText& text) {
    const auto word = text.find("relay");
    if (!word) return;
    const bool declared =
        std::any_of(config_.actions.begin(), config_.actions.end(), [](const Action& action) {
          return action.name == "relay" && action.place.text.starts_with("action ");
        });
    const bool has_word = text.word(*word - 1) == "action";
    const auto sound = text.with(*word, *word + 1, has_word ? "\"relay\"" : "action \"relay\"");
    const bool local = rule.from.what == From::What::local && !rule.from.negated;
    MemoryFiles files;
    files.add(text.file(), sound);
    const auto again = StatementText::at(files, {text.file(), 1, 1});
    auto made = local || !again ? sound : narrowed(rule, *again);
    if (made.empty()) made = sound;
    if (!declared) made.insert(0, "action \"relay\" relay\n" + text.indent());
    propose("write the rule as smtpd takes it, for your own clients", {in_place(text, made)}, 1);
  }

  // smtpd answers 451 to whoever gets there.
  void about_tls(const StatementText& text) {
    const auto word = text.find("tls");
    if (!word) return;
    const auto from = text.word(*word - 1) == "!" ? *word - 1 : *word;
    propose("take `tls` out of the rule, which nobody gets past",
            {in_place(text, text.with(from, *word + 1, ""))}, 2);
  }

  // Rows that anybody's address, or anybody's domain, fits.
  void about_rows(TableId id, bool of_clients) {
    const auto& table = config_.tables[id];
    const auto is_wide = of_clients ? dialects::is_wide_network : claims_others;
    std::vector<Row> wide;
    for (const auto& row : table.rows) {
      if (is_wide(row.key)) wide.push_back(row);
    }
    if (wide.empty()) return;
    const auto name = table.name.empty() ? std::string("the list") : '<' + table.name + '>';
    propose("take what takes in " + std::string(of_clients ? "strangers" : "anybody's domain") +
                " out of " + name,
            without_rows(files_, table, wide), 1);
  }

  void about_listener(const Listen& listen) {
    const auto text = listen.proxy ? cause_at(listen.place) : std::nullopt;
    const auto word = text ? text->find("proxy-v2") : std::nullopt;
    if (!word) return;
    propose("let nobody name the client's address himself",
            {in_place(*text, text->with(*word, *word + 1, ""))}, 5,
            "a proxy in front of this server that speaks the PROXY protocol");
  }

  const FileSystem& files_;
  const Config& config_;
  const dialects::RemedyRequest& request_;
  std::set<std::string> seen_;
  std::vector<Remedy> found_;
};

}  // namespace

std::vector<Remedy> remedies(const FileSystem& files, const std::string& path,
                             const dialects::Host&, const dialects::RemedyRequest& request) {
  const auto config = read(files, path);
  if (!config) return {};
  return Proposals(files, *config, request).run();
}

}  // namespace relayproof::opensmtpd
