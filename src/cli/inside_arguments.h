// What audit, explain and diff were asked: a configuration, and what it does not hold of its host.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dialects/dialect.h"
#include "mail/ip_set.h"
#include "policy/attempt.h"

namespace CLI {
class App;
}

namespace relayproof::cli {

struct InsideArguments {
  std::string path;  ///< empty: what is installed here; `-`: standard input
  std::string other_path;
  std::string root;
  dialects::Host host;
  std::vector<mail::Network> trusted;
  std::vector<std::string> responsible;
  bool strict = false;
  bool coverage = false;
  std::vector<std::string> deployment;  ///< files and folders of `--deployment`
  std::string container;                ///< the mail server's, by its name
  struct {
    bool allow_loss = false;
    bool apply = false;
    bool reload = false;
    bool undo = false;
    std::size_t way = 0;  ///< from 1; 0: the best
  } fix;
  policy::Attempt attempt;
  std::string attempts_file;  ///< `-`: standard input
  std::string code;           ///< of a finding
};

/// The words of the command line before they are checked.
struct InsideRaw {
  std::vector<std::string> interfaces;
  std::vector<std::string> trusted;
  std::vector<std::string> environment;
  std::string hostname;
  std::string version;
  std::string client;
  std::string server;
  std::string speaks_for;
  std::string ptr;
  bool ptr_unconfirmed = false;
  std::string helo;
  std::string auth;
  std::string certificate = "none";
  std::string from;
  std::string to;
};

void add_host_options(CLI::App& app, InsideArguments& to, InsideRaw& raw);
void add_deployment_options(CLI::App& app, InsideArguments& to);
void add_fix_options(CLI::App& app, InsideArguments& to);
void add_attempt_options(CLI::App& app, InsideArguments& to, InsideRaw& raw);

/// Checks the words; a usage error otherwise. `explains`: an attempt is due.
std::optional<Error> finish_inside(const InsideRaw& raw, bool explains, InsideArguments& to);

}  // namespace relayproof::cli
