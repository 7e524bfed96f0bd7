#include <algorithm>
#include <array>

#include "report/layout.h"
#include "report/tally.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

using probe::DoorResult;
using probe::Reached;

struct Row {
  std::string address;
  std::string ports;
  std::string strangers;
  std::string own;    // "-" where its own domain could not be asked about
  bool asked = true;  // false: `strangers` says why not, over both columns
  bool joins = true;  // may share its line with the next one
};

std::string unreached(const DoorResult& door, const TextOptions& options) {
  switch (door.reached) {
    case Reached::yes:
      break;
    case Reached::refused:
      return "no server (connection refused)";
    case Reached::timed_out:
      return "no answer in time";
    case Reached::unreachable:
      return "unreachable (a router says so)";
    case Reached::no_route:
      return door.target.address.is_v6() ? "not asked: no IPv6 route from here"
                                         : "not asked: no IPv4 route from here";
    case Reached::no_tls:
      return door.reason.empty() ? "not offered" : said(door.reason, 120, options);
    case Reached::not_smtp:
      if (!door.reason.empty()) return said(door.reason, 120, options);
      return door.banner.empty() ? "speaks no SMTP"
                                 : "speaks no SMTP: \"" + shown(door.banner, 40, options) + "\"";
  }
  return "";
}

std::string of(std::size_t some, const Tally& counts) {
  return std::to_string(some) + " of " + std::to_string(counts.asked);
}

// The replies by which it refused: the two commonest by name.
std::string refusal_words(const Tally& counts) {
  std::string out = counts.refused > 0 ? "refused" : "deferred";
  for (std::size_t i = 0; i < std::min<std::size_t>(counts.refusals.size(), 2); ++i) {
    out += (i == 0 ? " " : ", ") + counts.refusals[i].first;
  }
  if (counts.refusals.size() > 2) out += ", ..";
  return out;
}

std::string stranger_words(const DoorResult& door) {
  const Tally counts = tally(door);
  const std::size_t accepted = counts.relays + counts.unclear;
  const std::size_t turned_away = counts.refused + counts.deferred;
  std::string out;
  if (counts.relays > 0 && !door.trusted_place) {
    out = "relays " + counts.relay_reply + "   " + of(counts.relays, counts);
  } else if (accepted > 0) {
    out = (door.trusted_place ? "accepted, but this place may be trusted   " : "accepted   ") +
          of(accepted, counts);
  } else if (door.wants_password) {
    out = "wants a password   " + of(turned_away, counts);
  } else if (turned_away > 0) {
    out = refusal_words(counts) + "   " + of(turned_away, counts);
  } else if (counts.local > 0) {
    out = "taken as its own   " + of(counts.local, counts);
  } else {
    out = "no answer to any question";
  }
  if (door.blocked_after > 0) {
    out += "; blocked after " + counted(door.blocked_after, "attempt", "attempts");
  }
  return out;
}

// What a control came to, in one word; "" if it got no answer.
std::string_view fate(const DoorResult& door, std::string_view name) {
  const probe::Control* control = control_named(door, name);
  if (control == nullptr) return "";
  switch (control->kind) {
    case probe::OutcomeKind::refused:
      return control->refused_as == probe::RefusedAs::auth ? "" : "refused";
    case probe::OutcomeKind::deferred:
      return "deferred";
    case probe::OutcomeKind::accepted:
    case probe::OutcomeKind::delivered:
      return "taken";
    case probe::OutcomeKind::not_run:
      break;
  }
  return "";
}

std::string own_words(const DoorResult& door) {
  const std::string_view postmaster = door.postmaster_taken ? "taken" : fate(door, "postmaster");
  const std::string_view unknown =
      door.unknown_refused ? "refused" : fate(door, "unknown-local-recipient");
  std::string out;
  if (!postmaster.empty()) out = "postmaster " + std::string(postmaster);
  if (!unknown.empty()) {
    out += (out.empty() ? "unknown user " : ", unknown user ") + std::string(unknown);
  }
  return out.empty() ? "-" : out;
}

Row row_of(const DoorResult& door, const TextOptions& options) {
  Row row;
  row.address = door.target.address.to_string();
  row.ports = port_label(door.target);
  row.joins = door.target.port != 25;
  row.asked = door.reached == Reached::yes;
  row.strangers = stranger_cell(door, options);
  row.own = row.asked && !door.wants_password ? own_words(door) : "-";
  return row;
}

std::vector<Row> rows_of(const probe::Run& run, const TextOptions& options) {
  std::vector<Row> rows;
  for (const DoorResult& door : run.doors) {
    Row row = row_of(door, options);
    Row* last = rows.empty() ? nullptr : &rows.back();
    if (last != nullptr && last->joins && row.joins && last->address == row.address &&
        last->strangers == row.strangers && last->own == row.own) {
      last->ports += "  " + row.ports;
    } else {
      rows.push_back(std::move(row));
    }
  }
  std::string before;
  for (Row& row : rows) {
    if (row.own == "-" || !row.asked) continue;
    if (row.own == before) {
      row.own = "the same";
    } else {
      before = row.own;
    }
  }
  return rows;
}

// `its own domain firma.example`, the name only if all doors were asked about the same one.
std::string own_title(const probe::Run& run, const TextOptions& options) {
  std::string name;
  for (const DoorResult& door : run.doors) {
    if (door.own_domain.empty() || door.own_domain == name) continue;
    if (!name.empty()) return "its own domain";
    name = door.own_domain;
  }
  return name.empty() ? "its own domain" : "its own domain " + shown(name, 60, options);
}

struct Widths {
  std::size_t address = 0;
  std::size_t ports = 0;
  std::size_t strangers = columns("strangers to strangers");
};

Widths widths_of(const std::vector<Row>& rows) {
  Widths widths;
  for (const Row& row : rows) {
    widths.address = std::max(widths.address, row.address.size());
    widths.ports = std::max(widths.ports, row.ports.size());
    if (row.asked) widths.strangers = std::max(widths.strangers, columns(row.strangers));
  }
  return widths;
}

std::string row_line(const Row& row, const Widths& widths) {
  const std::string door =
      "  " + padded(row.address, widths.address) + "   " + padded(row.ports, widths.ports) + "   ";
  if (!row.asked) return paragraph(door, row.strangers, columns(door));
  const std::string line = door + padded(row.strangers, widths.strangers) + "   ";
  if (columns(line) + columns(row.own) <= line_columns) return line + row.own + "\n";
  return paragraph(door, row.strangers, columns(door)) +
         paragraph(std::string(columns(door), ' '), "own domain: " + row.own, columns(door));
}

}  // namespace

std::string stranger_cell(const probe::DoorResult& door, const TextOptions& options) {
  return door.reached == Reached::yes ? stranger_words(door) : unreached(door, options);
}

std::string door_lines(const probe::Run& run, const TextOptions& options) {
  if (run.doors.empty()) return "";
  if (run.places.size() > 1) return matrix_lines(run, options);
  const std::vector<Row> rows = rows_of(run, options);
  const Widths widths = widths_of(rows);
  std::string out;
  if (std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.asked; })) {
    const std::string line = padded("  door", 2 + widths.address + 3 + widths.ports + 3) +
                             padded("strangers to strangers", widths.strangers) + "   ";
    const std::string title = own_title(run, options);
    out = columns(line) + columns(title) <= line_columns ? line + title + "\n"
                                                         : paragraph(line, "its own domain", 2);
  }
  for (const Row& row : rows) out += row_line(row, widths);
  return "\n" + out;
}

}  // namespace relayproof::report
