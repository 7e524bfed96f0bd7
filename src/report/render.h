// The report formats of probe and check. Each renders a finished Run; nothing here decides.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "probe/observation.h"

namespace relayproof::report {

struct TextOptions {
  bool colour = false;
  bool utf8 = false;        ///< the locale can show more than ASCII
  bool verbose = false;     ///< every relay found with its lines by hand, every control
  bool transcript = false;  ///< the dialogue of every session, behind everything else
  bool check = false;       ///< ends with what to do next
  bool as_nmap = false;     ///< what nmap's script would say, and why we say something else
};

/// What stands before the run: whom we ask, as whom, and what its log will show.
/// `refusals`: how many refused recipients the plan will cause at most.
struct Announcement {
  std::string host;
  std::string mail_domain;
  std::string our_name;
  std::vector<mail::IpAddress> sources;
  std::size_t refusals = 0;
  bool data_phase = false;
  std::string canary;  ///< where messages are sent; empty: none are
};
std::string announce(const Announcement& announcement);

/// Verdict first, then a line a door, each relay by hand or the server's own words, and what next.
std::string text(const probe::Run& run, const TextOptions& options);

/// The dialogue of every session, escaped, for beside a document.
std::string transcripts(const probe::Run& run, const TextOptions& options);

/// Which program and which catalogue made a document.
struct Meta {
  std::string program;    ///< `0.1.0`
  std::string catalogue;  ///< `2026.11`
};
/// `relayproof/probe-run/1`, pretty-printed: one document, the worst verdict of all runs.
std::string json(std::span<const probe::Run> runs, const Meta& meta);
std::string json(const probe::Run& run, const Meta& meta);
/// `relayproof/probe/1`, one line, ends with a newline.
std::string json_line(const probe::Run& run, const probe::DoorResult& door, const Meta& meta);

/// The catalogue: a table, or `relayproof/techniques/1`.
std::string techniques_text();
std::string techniques_json(const Meta& meta);
std::string techniques_json_line(const Meta& meta);  ///< the same on one line

/// A relay, shown by hand with programs that everybody has: each a line for a POSIX shell.
struct ByHand {
  std::string swaks;        ///< empty where swaks cannot say what the attempt says
  bool swaks_exact = true;  ///< false: swaks writes angle brackets where the attempt has none
  std::string nc;           ///< the attempt's very bytes; through `openssl s_client` for TLS
};
ByHand by_hand(const probe::DoorResult& door, const probe::Outcome& outcome);

}  // namespace relayproof::report
