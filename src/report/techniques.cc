#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/layout.h"
#include "report/render.h"
#include "report/techniques_table.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;
using techniques::Technique;

std::string sender_words(const Technique& row) {
  return row.mail_from.empty() ? "each own sender" : techniques::printed(row.mail_from);
}

// A longer name pushes its own line to the right, not the whole table.
constexpr std::size_t widest_name = 22;

// Two lines a row: what is said, and what it is about.
std::string row_lines(const Technique& row, std::size_t name_width) {
  const std::string name = "  " + padded(row.name, name_width) + "   ";
  std::string said = "MAIL FROM:" + sender_words(row);
  if (!row.first_rcpt.empty()) said += "   RCPT TO:" + techniques::printed(row.first_rcpt);
  said += "   RCPT TO:" + techniques::printed(row.rcpt_to);
  if (row.helo != techniques::HeloForm::ours) {
    said += "   HELO " + std::string(to_string(row.helo));
  }
  if (row.prelude != techniques::Prelude::none) {
    said = std::string(to_string(row.prelude)) + "   " + said;
  }
  std::string about = std::string(row.exploits) + "; " + std::string(row.reference) + "; set " +
                      std::string(to_string(row.set));
  if (!row.also_in.empty()) about += "; also in " + std::string(row.also_in);
  const std::size_t hanging = 2 + name_width + 3;
  return paragraph(name, said, hanging) + paragraph(std::string(hanging, ' '), about, hanging);
}

Json row_json(const Technique& row) {
  const auto or_null = [](std::string_view text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  return {{"name", row.name},
          {"set", to_string(row.set)},
          {"helo", to_string(row.helo)},
          {"prelude", or_null(to_string(row.prelude))},
          {"mail_from", or_null(row.mail_from)},
          {"rcpt_to", row.rcpt_to},
          {"twin", or_null(row.twin)},
          {"exploits", row.exploits},
          {"reference", row.reference},
          {"also_in", or_null(row.also_in)},
          {"malformed", row.malformed}};
}

Json document(std::span<const Technique> rows, const Meta& meta) {
  Json object = {{"schema", "relayproof/techniques/1"},
                 {"program", meta.program},
                 {"catalogue", meta.catalogue},
                 {"techniques", Json::array()}};
  for (const Technique& row : rows) object["techniques"].push_back(row_json(row));
  return object;
}

}  // namespace

std::string techniques_text(std::span<const Technique> rows) {
  std::size_t name_width = 0;
  for (const Technique& row : rows) name_width = std::max(name_width, row.name.size());
  name_width = std::min(name_width, widest_name);
  std::string out =
      counted(rows.size(), "way", "ways") + " to ask for a relay, likeliest first.\n" +
      paragraph("",
                "X and X2 are domains outside, H a name of the server, L its address literal, D a "
                "domain it answers for. Each own sender: <>, postmaster at the server's own "
                "domain, and the operator's address.",
                0) +
      "\n";
  for (const Technique& row : rows) out += row_lines(row, name_width);
  return out;
}

std::string techniques_json(std::span<const Technique> rows, const Meta& meta) {
  return document(rows, meta).dump(2) + "\n";
}

std::string techniques_text() { return techniques_text(techniques::catalogue()); }

std::string techniques_json(const Meta& meta) {
  return techniques_json(techniques::catalogue(), meta);
}

std::string techniques_json_line(const Meta& meta) {
  return document(techniques::catalogue(), meta).dump() + "\n";
}

}  // namespace relayproof::report
