// Several places: a matrix of doors and places, and why they may differ.
#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "probe/places.h"
#include "report/layout.h"
#include "report/tally.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

using probe::DoorResult;

constexpr std::size_t gap = 3;

struct Row {
  std::string door;
  std::map<std::string, std::string> cells;  // by place
};

std::vector<Row> rows_of(const probe::Run& run, const TextOptions& options) {
  std::vector<Row> rows;
  for (const DoorResult& door : run.doors) {
    const std::string name = door.target.address.to_string() + "   " + port_label(door.target);
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&](const Row& other) { return other.door == name; });
    if (row == rows.end()) row = rows.insert(rows.end(), Row{name, {}});
    row->cells[door.place] = stranger_cell(door, options);
  }
  return rows;
}

std::string cell(const Row& row, const std::string& place) {
  const auto found = row.cells.find(place);
  return found == row.cells.end() ? "not asked" : found->second;
}

// Of the doors, then of each place.
std::vector<std::size_t> widths_of(const std::vector<Row>& rows,
                                   const std::vector<std::string>& titles,
                                   const std::vector<std::string>& places) {
  std::vector<std::size_t> widths{columns("door")};
  for (const Row& row : rows) widths[0] = std::max(widths[0], columns(row.door));
  for (std::size_t i = 0; i < places.size(); ++i) {
    widths.push_back(columns(titles[i]));
    for (const Row& row : rows) {
      widths.back() = std::max(widths.back(), columns(cell(row, places[i])));
    }
  }
  return widths;
}

std::string line(const std::string& door, const std::vector<std::string>& cells,
                 const std::vector<std::size_t>& widths) {
  std::string out = "  " + padded(door, widths[0]);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out += std::string(gap, ' ') +
           (i + 1 == cells.size() ? cells[i] : padded(cells[i], widths[i + 1]));
  }
  return out + "\n";
}

std::vector<std::string> cells_of(const Row& row, const std::vector<std::string>& places) {
  std::vector<std::string> cells;
  cells.reserve(places.size());
  for (const auto& place : places) cells.push_back(cell(row, place));
  return cells;
}

// Too wide for columns: a line for each place.
std::string stacked(const std::vector<Row>& rows, const std::vector<std::string>& titles,
                    const std::vector<std::string>& places) {
  std::size_t width = 0;
  for (const auto& title : titles) width = std::max(width, columns(title));
  std::string out = "  door, and what strangers to strangers got from each place\n";
  for (const Row& row : rows) {
    out += "  " + row.door + "\n";
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::string label = "    " + padded(titles[i], width) + std::string(gap, ' ');
      out += paragraph(label, cell(row, places[i]), columns(label));
    }
  }
  return out;
}

bool has_verdict(const probe::Run& run, mail::Family family, probe::Verdict verdict) {
  return std::any_of(run.doors.begin(), run.doors.end(), [&](const DoorResult& door) {
    return answered(door) && door.target.address.family() == family && door.verdict == verdict;
  });
}

// One family open and the other not at all: the usual cause stands in front of the server.
std::string likely_by_family(const probe::Run& run) {
  for (const auto& [open, other, name] :
       {std::tuple(mail::Family::ipv6, mail::Family::ipv4, "IPv6"),
        std::tuple(mail::Family::ipv4, mail::Family::ipv6, "IPv4")}) {
    if (has_verdict(run, open, probe::Verdict::open) &&
        has_verdict(run, other, probe::Verdict::closed) &&
        !has_verdict(run, other, probe::Verdict::open)) {
      return "\n" + paragraph("  Likely   ",
                              "IPv4 and IPv6 decide differently: something in front may hide " +
                                  std::string(name) +
                                  " clients behind an address that the server trusts (Docker, "
                                  "load balancer, NAT), or its list of trusted networks holds all "
                                  "of " +
                                  std::string(name) + ".",
                              11);
    }
  }
  return "";
}

std::string joined(const std::vector<std::string>& places) {
  std::string out;
  for (const auto& place : places) {
    out += (out.empty() ? "" : ", ") + (place == probe::here ? "this machine" : place);
  }
  return out;
}

// The address under which a place was seen at the first door that says it.
std::string seen_from(const probe::Run& run, const std::vector<std::string>& places) {
  for (const DoorResult& door : run.doors) {
    const bool there = std::find(places.begin(), places.end(), door.place) != places.end();
    if (!there || door.verdict != probe::Verdict::open) continue;
    const std::string seen = door.seen_as.value_or("");
    const auto address = mail::IpAddress::parse(seen);
    if (!address) return " (" + door.source.to_string() + ")";
    if (address->unmapped() == door.source.unmapped()) return " (" + seen + ")";
    return " (" + door.source.to_string() + ", which it sees as " + seen + ")";
  }
  return "";
}

// The same door, and another answer for another place: by the client's address, as nothing else
// differs.
std::string likely_by_place(const probe::Run& run, const TextOptions& options) {
  const auto different = probe::disagreements(run);
  if (different.empty()) return "";
  const auto& first = different.front();
  return "\n" +
         paragraph("  Likely   ",
                   "it relays for " +
                       shown(joined(first.open) + seen_from(run, first.open), 200, options) +
                       " and not for " + shown(joined(first.closed), 200, options) +
                       ": the address that it sees is in a network that it trusts; that network "
                       "holds strangers, or something in front hides them behind an address in it "
                       "(NAT, load balancer, Docker). relayproof finding " +
                       first.code,
                   11);
}

}  // namespace

std::string matrix_lines(const probe::Run& run, const TextOptions& options) {
  std::vector<std::string> titles;
  for (const auto& place : run.places) titles.push_back("from " + shown(place, 60, options));
  const auto rows = rows_of(run, options);
  const auto widths = widths_of(rows, titles, run.places);
  std::size_t all = 2;
  for (const std::size_t width : widths) all += width + gap;
  if (all - gap > line_columns) return "\n" + stacked(rows, titles, run.places);
  std::string out = "\n" + line("door", titles, widths);
  for (const Row& row : rows) out += line(row.door, cells_of(row, run.places), widths);
  return out;
}

std::string likely_lines(const probe::Run& run, const TextOptions& options) {
  const std::string by_place = likely_by_place(run, options);
  return by_place.empty() ? likely_by_family(run) : by_place;
}

}  // namespace relayproof::report
