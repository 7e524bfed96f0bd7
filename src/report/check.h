// Both sides of a check: what configurations say, what the network and the logs said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crosscheck/crosscheck.h"
#include "report/audit.h"
#include "report/render.h"

namespace relayproof::report {

struct CheckedInstance {
  std::string name;
  Audited audited;
};

/// A second opinion: what the server itself answers to an attempt (`--ask-mta`).
struct SecondOpinion {
  std::string instance;
  std::string how;  ///< `XCLIENT on 127.0.0.1:25`
  policy::Attempt attempt;
  Truth predicted = Truth::unknown;  ///< it relays
  std::optional<Truth> answered;     ///< nullopt: it could not be asked so
  std::string words;                 ///< its reply, or why not: foreign bytes
};

/// What would close a server, proved.
struct WayOut {
  std::string instance;
  std::string says;                ///< what to do: `main.cf: take 172.22.1.0/24 out of mynetworks`
  std::vector<std::string> loses;  ///< what ends with it that may be legitimate
  bool by_fix = false;             ///< an edit of the configuration, which `relayproof fix` makes
};

/// What the server's log tells of strangers who used it.
struct Abuse {
  std::string instance;
  std::string log;
  std::uint64_t messages = 0;
  std::uint64_t queued = 0;
  std::vector<std::string> clients;  ///< as the server saw them
  std::string says;                  ///< one sentence
};

struct Checked {
  const probe::Run* run = nullptr;  ///< null: nothing was asked
  std::vector<CheckedInstance> inside;
  crosscheck::CrossCheck cross;
  std::vector<crosscheck::SeenAs> seen;
  std::vector<SecondOpinion> opinions;
  std::vector<Abuse> abuse;
  std::vector<WayOut> ways;
  std::vector<std::string> not_read;  ///< one sentence each
  std::vector<std::string> next;      ///< commands and sentences, most useful first
};

/// `relayproof/check/1`: pretty-printed, or one line.
std::string checked_json(const Checked& checked, const FindingNames& names, const Meta& meta);
std::string checked_json_line(const Checked& checked, const FindingNames& names, const Meta& meta);
/// The verdict within the first lines, then why, as whom the server saw us, each door, what next.
std::string checked_text(const Checked& checked, const TextOptions& options);

/// What doors that were only asked from outside say together: `Likely   …   RP5103`.
std::string likely_text(const Checked& checked, const TextOptions& options);

}  // namespace relayproof::report
