// The parts of the text report, one file each; text.cc puts them together.
#pragma once

#include <string>

#include "probe/observation.h"
#include "report/render.h"

namespace relayproof::report {

/// `CLOSED   no relay found: …`: the verdict, what it rests on, and what was not asked.
std::string verdict_lines(const probe::Run& run, const TextOptions& options);
/// The table: a line a door; doors of one address that look the same share one.
std::string door_lines(const probe::Run& run, const TextOptions& options);
/// What strangers got at a door, in a few words.
std::string stranger_cell(const probe::DoorResult& door, const TextOptions& options);
/// The same table for several places: a line a door, a column a place.
std::string matrix_lines(const probe::Run& run, const TextOptions& options);
/// Families or places that a server treats differently, and what the likely cause is.
std::string likely_lines(const probe::Run& run, const TextOptions& options);
/// Each open door: the relays found there and how to show them by hand.
std::string relay_lines(const probe::Run& run, const TextOptions& options);
/// What the server said, how it sees us, what could not be asked, what cannot be known from here.
std::string remark_lines(const probe::Run& run, const TextOptions& options);
/// Every control of every door.
std::string control_lines(const probe::Run& run, const TextOptions& options);
/// `25 STARTTLS`, `465`, `2525 TLS`.
std::string port_label(const probe::Target& target);
/// `192.0.2.25 port 25 STARTTLS`.
std::string door_label(const probe::Target& target);
/// `MAIL FROM:<>  RCPT TO:<a@b>`, with the HELO where it is not our own name.
std::string attempt_words(const probe::Run& run, const mail::Attempt& attempt,
                          const TextOptions& options);
/// `554 5.7.1 <a@b>: Relay access denied`: a whole reply, bounded.
std::string reply_line(const mail::Reply& reply, const TextOptions& options);
/// True if a door took everything: an open relay, or a server that delivers nothing.
bool takes_everything(const probe::Run& run);

}  // namespace relayproof::report
