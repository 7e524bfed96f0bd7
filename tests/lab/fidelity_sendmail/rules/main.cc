// Runs rule sets as `sendmail -bt` does, and prints what it prints: `rules CF ROOT HOSTS <
// commands`. Names in the file HOSTS are known, one a line; no other name is.
#include <array>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "base/text.h"
#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/rewriting.h"
#include "dialects/sendmail/rule_address.h"
#include "dialects/sendmail/rule_verdict.h"

namespace {

using namespace relayproof;            // NOLINT(google-build-using-namespace): a program of its own
using namespace relayproof::sendmail;  // NOLINT(google-build-using-namespace)

class RootFiles : public FileSystem {
 public:
  explicit RootFiles(std::string root) : root_(std::move(root)) {}
  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override {
    std::ifstream in(root_ + path, std::ios::binary);
    if (!in) return failure("cannot read " + path);
    std::ostringstream all;
    all << in.rdbuf();
    return std::make_shared<const std::string>(all.str());
  }
  FileInfo info(const std::string& path) const override {
    std::ifstream in(root_ + path);
    return {in ? FileInfo::Kind::file : FileInfo::Kind::missing, 0, 0};
  }
  std::vector<std::string> list(const std::string& /*folder*/) const override { return {}; }

 private:
  std::string root_;
};

std::string shown(const Tokens& tokens, const Cf& cf) {
  if (tokens.empty()) return "";
  std::string out;
  for (const std::string& each : tokens) out += " " + to_external(each, cf.names);
  return out;
}

void print(const std::vector<RunStep>& steps, std::size_t from, const Cf& cf) {
  for (std::size_t at = from; at < steps.size(); ++at) {
    const RunStep& step = steps[at];
    if (step.kind == RunStep::Kind::rule) continue;
    std::string name = step.set.substr(0, 16);
    name.resize(16, ' ');
    std::cout << name << (step.kind == RunStep::Kind::enters ? "   input:" : " returns:")
              << shown(step.tokens, cf) << "\n";
  }
}

std::size_t chosen(const std::set<std::string>& hosts, const std::string& key,
                   const MapResult& result) {
  const bool known = hosts.count(to_lower(key)) != 0;
  // Where there is no DNS the names of addresses are not to be had for now.
  const auto wanted = known                ? MapAnswer::Kind::found
                      : key.front() == '[' ? MapAnswer::Kind::fails
                                           : MapAnswer::Kind::missing;
  for (std::size_t at = 0; at < result.answers.size(); ++at) {
    if (result.answers[at].kind == wanted) return at;
  }
  return 0;
}

class Shell {
 public:
  Shell(const Cf& cf, const Maps& maps, std::set<std::string> hosts)
      : cf_(cf),
        hosts_(std::move(hosts)),
        rewriter_(cf, maps, [this](auto /*map*/, const auto& key, const auto& result) {
          return chosen(hosts_, key, result);
        }) {
    rewriter_.record_steps(true);
  }

  void obey(const std::string& line) {
    if (line.rfind(".D", 0) == 0) return define(line.substr(2));
    if (line.rfind("/parse ", 0) == 0) return parse(line.substr(7));
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) return;
    const Scan scan = cf_.level >= 9 ? Scan::with_comments : Scan::address;
    Tokens tokens = rewriter_.tokenizer().cut(line.substr(space + 1), {scan, ',', false}).tokens;
    if (tokens.empty()) return;
    const std::string sets = line.substr(0, space);
    for (const std::string_view set : split(sets, ',')) {
      const bool numbered = set.front() >= '0' && set.front() <= '9';
      if (!numbered && cf_.rule_set(set) == nullptr) break;
      tokens = rewriter_.run(set, std::move(tokens)).tokens;
    }
    flush();
  }

 private:
  void define(const std::string& text) {
    const bool long_name = text.rfind('{', 0) == 0;
    const std::size_t end = long_name ? text.find('}') : 0;
    rewriter_.set(long_name ? text.substr(1, end - 1) : text.substr(0, 1), text.substr(end + 1));
  }
  void parse(const std::string& address) {
    const ResolvedAddress found = resolve_address(rewriter_, cf_, address, false, '\0');
    flush();
    if (found.error) {
      std::cout << "error " << found.error->code << " " << found.error->text << "\n";
    } else if (found.host.empty()) {
      std::cout << "mailer " << found.mailer << ", user " << found.user << "\n";
    } else {
      std::cout << "mailer " << found.mailer << ", host " << found.host << ", user " << found.user
                << "\n";
    }
  }
  void flush() {
    print(rewriter_.steps(), printed_, cf_);
    printed_ = rewriter_.steps().size();
    if (!rewriter_.trouble().empty()) {
      std::cout << "trouble " << to_string(rewriter_.trouble_at()) << " " << rewriter_.trouble()
                << "\n";
    }
  }

  const Cf& cf_;
  std::set<std::string> hosts_;
  Rewriter rewriter_;
  std::size_t printed_ = 0;
};

RuleAttempt attempt_of(const std::string& line) {
  const auto fields = split(line, '\t');
  RuleAttempt attempt;
  attempt.client = fields.at(0);
  attempt.client_name = fields.at(1);
  attempt.name_is = fields.at(1).empty()  ? ClientName::none
                    : fields.at(2) == "1" ? ClientName::confirmed
                                          : ClientName::forged;
  if (fields.at(3) != "-") attempt.helo = fields.at(3);
  attempt.mail_from = fields.at(4);
  attempt.rcpt_to = fields.at(5);
  attempt.tls = fields.at(6) == "1";
  attempt.verify = fields.at(7);
  attempt.cert_issuer = fields.at(8);
  attempt.cert_subject = fields.at(9);
  attempt.server_address = "192.0.2.25";
  return attempt;
}

void judge(const Cf& cf, const Maps& maps, const std::set<std::string>& hosts) {
  static constexpr std::array<std::string_view, 4> kinds = {"accepted", "discarded", "quarantined",
                                                            "refused"};
  static constexpr std::array<std::string_view, 3> stages = {"connect", "mail", "rcpt"};
  for (std::string line; std::getline(std::cin, line);) {
    const RuleVerdict verdict = check_attempt(
        cf, maps, attempt_of(line), [&](auto /*map*/, const auto& key, const auto& result) {
          return std::optional(chosen(hosts, key, result));
        });
    if (!verdict.is_decided()) {
      std::cout << "undecided\t" << to_string(verdict.trouble_at) << "\t" << verdict.trouble
                << "\n";
      continue;
    }
    const RuleOutcome& outcome = verdict.outcomes.front();
    std::cout << kinds.at(static_cast<std::size_t>(outcome.kind)) << "\t"
              << stages.at(static_cast<std::size_t>(outcome.stage)) << "\t" << outcome.reply.code
              << "\t" << outcome.reply.text << "\t" << outcome.mailer << "\t" << outcome.host
              << "\t" << outcome.user << "\t" << outcome.where.line << "\n";
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 2;
  const RootFiles files(words[2]);
  const CfHost host{"mail.example.com", {}, {"192.0.2.25", "192.0.2.26", "2001:db8:25::25"}};
  const auto cf = read_cf(files, words[1], host);
  if (!cf) {
    std::cerr << to_string(cf.error()) << "\n";
    return 1;
  }
  for (const CfProblem& each : cf->problems) {
    std::cerr << to_string(each.where) << ": " << each.says << "\n";
  }
  std::set<std::string> hosts;
  std::ifstream names(words[3]);
  for (std::string line; std::getline(names, line);) hosts.insert(line);
  const Maps maps(*cf, files);
  if (count > 4) {
    judge(*cf, maps, hosts);
    return 0;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << "> " << line << "\n";
    // Each command with macros as the last ones left them, and without troubles of the last one.
    static std::vector<std::string> macros;
    Shell shell(*cf, maps, hosts);
    if (line.rfind(".D", 0) == 0) macros.push_back(line);
    for (const std::string& each : macros) shell.obey(each);
    if (line.rfind(".D", 0) != 0) shell.obey(line);
  }
}
