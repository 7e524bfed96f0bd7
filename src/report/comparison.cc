#include "report/comparison.h"

#include <fmt/format.h>

#include "questions/causes.h"
#include "report/foreign.h"
#include "report/inside_json.h"
#include "report/layout.h"

namespace relayproof::report {
namespace {

using Json = InsideJson;
using Kind = policy::Difference::Kind;

struct Words {
  std::string_view code;
  std::string_view says;
};

Words words_of(Kind kind) {
  switch (kind) {
    case Kind::relays_now:
      return {"relays-now", "may relay now"};
    case Kind::relays_no_longer:
      return {"relays-no-longer", "may relay no longer"};
    case Kind::taken_now:
      return {"taken-now", "reach your own domains now"};
    case Kind::taken_no_longer:
      break;
  }
  return {"taken-no-longer", "reach your own domains no longer"};
}

Json texts(const std::vector<std::string>& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(json_text(item));
  return list;
}

Json document(const Compared& compared) {
  const auto& comparison = compared.comparison;
  Json object = {{"schema", "relayproof/diff/1"},
                 {"old", json_text(compared.before)},
                 {"new", json_text(compared.after)},
                 {"verdict_old", questions::to_string(comparison.before)},
                 {"verdict_new", questions::to_string(comparison.after)},
                 {"same", comparison.same()},
                 {"changes", Json::array()},
                 {"only_old", texts(comparison.only_before)},
                 {"only_new", texts(comparison.only_after)},
                 {"limits", texts(comparison.limits)}};
  for (const auto& change : comparison.changes) {
    object["changes"].push_back({{"listener", json_text(change.door)},
                                 {"port", change.port},
                                 {"kind", words_of(change.difference.kind).code},
                                 {"clients", clients_json(change.difference.clients)},
                                 {"witness", attempt_json(change.difference.witness)}});
  }
  return object;
}

}  // namespace

std::string comparison_json(const Compared& compared) { return document(compared).dump(2) + "\n"; }

std::string comparison_json_line(const Compared& compared) {
  return document(compared).dump() + "\n";
}

std::string comparison_text(const Compared& compared, const TextOptions& options) {
  const auto& comparison = compared.comparison;
  std::string text =
      fmt::format("{} was {}, {} is {}.\n", shown(compared.before, 80, options),
                  questions::to_string(comparison.before), shown(compared.after, 80, options),
                  questions::to_string(comparison.after));
  if (comparison.same()) return text + "Both decide every attempt alike.\n";
  for (const auto& change : comparison.changes) {
    const auto& witness = change.difference.witness;
    text += paragraph(fmt::format("  {}  ", shown(change.door, 40, options)),
                      fmt::format("{} {}", questions::clients_in_words(change.difference.clients),
                                  words_of(change.difference.kind).says),
                      4);
    text += paragraph(
        "    e.g. ",
        fmt::format("{}   {}MAIL FROM:{}  RCPT TO:{}", witness.client.to_string(),
                    witness.helo ? "HELO " + shown(*witness.helo, 80, options) + "  " : "",
                    shown(witness.mail_from, 120, options), shown(witness.rcpt_to, 200, options)),
        9);
  }
  for (const auto& door : comparison.only_before) {
    text += fmt::format("  {} is gone\n", shown(door, 80, options));
  }
  for (const auto& door : comparison.only_after) {
    text += fmt::format("  {} is new\n", shown(door, 80, options));
  }
  for (const auto& limit : comparison.limits) {
    text += paragraph("  not compared: ", shown(limit, 300, options), 4);
  }
  return text;
}

}  // namespace relayproof::report
