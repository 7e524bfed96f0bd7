#include "dialects/exim/remedies.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/exim/debian.h"
#include "dialects/exim/locate.h"
#include "dialects/exim/source_text.h"
#include "dialects/wide_network.h"

namespace relayproof::exim {
namespace {

using dialects::Remedy;

constexpr std::string_view loopback = "127.0.0.1 ; ::1";

class Proposals {
 public:
  Proposals(const FileSystem& files, const Config& config, const dialects::RemedyRequest& request)
      : config_(config), request_(request), texts_(files), files_(files) {}

  std::vector<Remedy> run() {
    about_answers();
    for (const auto& list : config_.lists) {
      if (is_cause(list.line.where)) about_list(list);
    }
    for (const auto& acl : config_.acls) about_acl(acl);
    for (const auto& authenticator : config_.authenticators) about_login(authenticator);
    for (const auto& router : config_.routers) about_router(router);
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Remedy& one, const Remedy& other) { return one.cost < other.cost; });
    return std::move(found_);
  }

 private:
  bool is_cause(const SourceRange& where) const {
    return std::any_of(
        request_.causes.begin(), request_.causes.end(), [&](const SourceRange& cause) {
          return cause.line != 0 && cause.line == where.line && cause.file == where.file;
        });
  }

  bool is_cause(const Statement& statement) const {
    return is_cause(statement.line.where) ||
           std::any_of(statement.items.begin(), statement.items.end(),
                       [&](const Item& item) { return is_cause(item.line.where); });
  }

  void propose(std::string says, const std::optional<Stretch>& where, std::string text,
               unsigned cost) {
    if (!where || !seen_.insert(says + '@' + where->file + std::to_string(where->begin)).second) {
      return;
    }
    found_.push_back({std::move(says),
                      {{where->file, where->begin, where->end - where->begin, std::move(text)}},
                      cost,
                      {}});
  }

  std::string networks(std::string_view first) const {
    std::string text(first);
    for (const auto& network : request_.networks) {
      if (!text.empty()) text += " ; ";
      text += network.address.to_string() + '/' + std::to_string(network.prefix);
    }
    return text;
  }

  // `relay_from_hosts` gets the networks that were stated; a list of domains loses its wildcards.
  // Where update-exim4.conf makes the file, its answers are the place for both.
  void about_list(const NamedList& list) {
    const auto where = texts_.line(list.line.where);
    const unsigned cost = answers_ ? 4 : 1;
    if (list.kind == NamedList::Kind::host) {
      const bool semicolons = trim(list.value).starts_with("<;");
      const auto kept = without_strangers(list.value, semicolons ? " ; " : " : ");
      if (!kept.empty()) {
        propose("take what takes in strangers out of " + list.name, where,
                "hostlist " + list.name + " = " + (semicolons ? "<; " : "") + kept + "\n", cost);
      }
      propose("let only loopback and your own networks be in " + list.name, where,
              "hostlist " + list.name + " = <; " + networks(loopback) + "\n", cost);
    }
    if (list.kind != NamedList::Kind::domain) return;
    std::string kept;
    for (const auto& item : items_of(list.value)) {
      const bool wide = item == "*" || item.starts_with('^') || item.starts_with("@mx_");
      if (wide) continue;
      if (!kept.empty()) kept += " : ";
      kept += item;
    }
    propose("take what anybody's domain fits out of " + list.name, where,
            "domainlist " + list.name + " = " + kept + "\n", cost);
  }

  // The list without networks of millions; empty if it has none of them, or nothing would be left.
  static std::string without_strangers(std::string_view list, std::string_view separator) {
    std::string kept;
    bool found = false;
    for (const auto& item : items_of(list)) {
      const bool wide = item == "*" || dialects::is_wide_network(item);
      found = found || wide;
      if (wide || item.empty()) continue;
      if (!kept.empty()) kept += separator;
      // A colon in an item is doubled.
      for (const char c : item) {
        kept += c == ':' && separator == " : " ? std::string("::") : std::string(1, c);
      }
    }
    return found ? kept : "";
  }

  // Recipients who are neither local nor relayed are only for hosts and users of the owner's.
  std::string gate(const std::string& indent) const {
    const bool has_hosts = config_.list(NamedList::Kind::host, "relay_from_hosts") != nullptr;
    std::string text = indent + "accept hosts = ";
    text +=
        has_hosts && request_.networks.empty() ? "+relay_from_hosts" : "<; " + networks(loopback);
    text += '\n' + indent + "accept authenticated = *\n" + indent +
            "deny message = relay not permitted\n";
    const std::string deeper = indent + "     ";
    for (const std::string_view name : {"local_domains", "relay_to_domains"}) {
      if (config_.list(NamedList::Kind::domain, name) == nullptr) continue;
      text += deeper + "domains = ! +" + std::string(name) + '\n';
    }
    return text;
  }

  void about_acl(const Acl& acl) {
    const bool at_rcpt = trim(config_.value("acl_smtp_rcpt")) == acl.name;
    for (const auto& statement : acl.statements) {
      if (!is_cause(statement)) continue;
      const auto where = texts_.statement(statement);
      if (!where) continue;
      const auto indent = texts_.indent(*where);
      const bool has_domains = config_.list(NamedList::Kind::domain, "local_domains") != nullptr;
      if (at_rcpt && has_domains) {
        propose("refuse what is neither for you nor from yours in front of it",
                Stretch{where->file, where->begin, where->begin}, gate(indent), 2);
      }
      propose("take the statement out", where, "", statement.verb == "accept" ? 3 : 5);
    }
  }

  void about_login(const Instance& authenticator) {
    const auto* condition = authenticator.find("server_condition");
    const bool is_one =
        is_cause(authenticator.line.where) || (condition && is_cause(condition->line.where));
    if (!is_one || condition == nullptr) return;
    const auto where = texts_.line(condition->line.where);
    if (!where) return;
    propose("let authenticator " + authenticator.name + " admit nobody", where,
            texts_.indent(*where) + "server_condition = false\n", 2);
  }

  // A router that makes addresses of what the client says.
  void about_router(const Instance& router) {
    const auto* data = router.find("data");
    if (data == nullptr) return;
    if (data->value.find('$') == std::string::npos) return;
    // Blamed is what lets him in: where he is sent on may stand in no line without which he is not.
    const bool is_one = is_cause(router.line.where) || is_cause(data->line.where);
    const bool looks_up = data->value.find("lookup") != std::string::npos;
    if (!is_one && looks_up) return;
    auto where = texts_.line(router.line.where);
    for (const auto& option : router.options) {
      const auto one = texts_.line(option.line.where);
      if (!where || !one || one->file != where->file) return;
      where->end = std::max(where->end, one->end);
    }
    propose("take router " + router.name + " out", where, "", is_one ? 3 : 4);
  }

  // update-exim4.conf.conf: each answer is a line of its own.
  void about_answers() {
    const auto content = files_.read(config_.file);
    if (!content || !is_debian_answers(**content)) return;
    answers_ = true;
    std::size_t number = 0;
    for (const auto line : split(**content, '\n')) {
      ++number;
      const SourceRange place{config_.file, number, 1};
      if (line.starts_with("dc_relay_nets=")) {
        const auto written = unquoted(line.substr(14));
        const bool semicolons = written.find(';') != std::string::npos;
        const auto kept =
            without_strangers((semicolons ? "<;" : "") + written, semicolons ? ";" : " : ");
        if (!kept.empty()) {
          propose("take what takes in strangers out of dc_relay_nets", texts_.line(place),
                  "dc_relay_nets='" + kept + "'\n", 1);
        }
        propose("let only your own networks be in dc_relay_nets", texts_.line(place),
                "dc_relay_nets='" + networks("") + "'\n", 1);
      }
      const auto value = trim(line.substr(std::min(line.size(), line.find('=') + 1)));
      if (line.starts_with("dc_relay_domains=") && value.find('*') != std::string_view::npos) {
        propose("take what anybody's domain fits out of dc_relay_domains", texts_.line(place),
                "dc_relay_domains='" + without_wide(value) + "'\n", 1);
      }
    }
  }

  static std::string unquoted(std::string_view value) {
    std::string inner;
    for (const char c : value) {
      if (c != '\'' && c != '"') inner += c;
    }
    return inner;
  }

  static std::string without_wide(std::string_view value) {
    const auto inner = unquoted(value);
    std::string kept;
    const char separator = inner.find(';') == std::string::npos ? ':' : ';';
    for (const auto& item : items_of(inner, separator)) {
      if (item == "*" || item.empty()) continue;
      if (!kept.empty()) kept += separator;
      kept += item;
    }
    return kept;
  }

  const Config& config_;
  const dialects::RemedyRequest& request_;
  SourceText texts_;
  const FileSystem& files_;
  bool answers_ = false;  // of update-exim4.conf.conf
  std::set<std::string> seen_;
  std::vector<Remedy> found_;
};

}  // namespace

std::vector<Remedy> remedies(const FileSystem& files, const std::string& path,
                             const dialects::Host& host, const dialects::RemedyRequest& request) {
  const auto file = locate(files, path);
  const auto content = file ? files.read(*file) : Result<std::shared_ptr<const std::string>>{};
  if (!file || !content) return {};
  Source source{*file, **content, {}};
  if (is_debian_answers(source.text)) {
    auto generated = generate_debian(files, *file, host.hostname);
    if (!generated) return {};
    source = std::move(generated->source);
  }
  const auto config = parse(read_lines(files, source), *file);
  return Proposals(files, config, request).run();
}

}  // namespace relayproof::exim
