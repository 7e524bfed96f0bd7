#include "questions/causes.h"
#include "report/fix.h"
#include "report/foreign.h"
#include "report/inside_json.h"

namespace relayproof::report {
namespace {

using Json = InsideJson;

Json texts(const std::vector<std::string>& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(json_text(item));
  return list;
}

Json loss_json(const questions::Loss& loss) {
  Json object = {{"kind", questions::to_string(loss.kind)},
                 {"listener", json_text(loss.door)},
                 {"port", loss.port},
                 {"legitimate", loss.legitimate},
                 {"clients", clients_json(loss.clients)},
                 {"witness", nullptr}};
  if (loss.kind != questions::Loss::Kind::door) object["witness"] = attempt_json(loss.witness);
  return object;
}

// The patch is not cut: it is for patch(1). Bytes that are no UTF-8 cannot stand in JSON.
Json patch_json(const std::string& patch) {
  try {
    static_cast<void>(Json(patch).dump());
    return patch;
  } catch (const Json::exception&) {
    return nullptr;
  }
}

// Commands are to be pasted as they are: their dialect lets nothing into them that is no text.
Json commands_json(const std::vector<std::string>& commands) {
  Json list = Json::array();
  for (const auto& command : commands) list.push_back(command);
  return list;
}

Json way_json(const Fixed& fixed, const repair::Way& way) {
  Json object = {{"steps", texts(way.steps)},
                 {"proved", true},
                 {"asks_owner", way.asks_owner()},
                 {"asks", texts(way.asks)},
                 {"losses", Json::array()},
                 {"not_compared", texts(way.losses.limits)},
                 {"files", Json::array()},
                 {"patch_folder", json_text(patch_folder(fixed.folder, way))},
                 {"patch", nullptr},
                 {"commands", commands_json(way.commands)},
                 {"rehearsal", commands_json(way.rehearsal)}};
  // What is exported is not edited.
  if (way.commands.empty()) object["patch"] = patch_json(patch_of(fixed.folder, way));
  for (const auto& loss : way.losses.found) object["losses"].push_back(loss_json(loss));
  for (const auto& file : way.files) object["files"].push_back(json_text(file.path));
  return object;
}

Json applied(const repair::Applied& applied) {
  Json object = {{"files", Json::array()},
                 {"told", texts(applied.told)},
                 {"reloaded", applied.reloaded},
                 {"verdict", "closed"}};
  for (const auto& file : applied.files) {
    object["files"].push_back(
        {{"path", json_text(file.path)},
         {"backup", file.backup.empty() ? Json(nullptr) : Json(json_text(file.backup))}});
  }
  return object;
}

Json document(const Fixed& fixed) {
  Json object = {{"schema", "relayproof/fix/1"},
                 {"mta", fixed.mta},
                 {"path", json_text(fixed.folder)},
                 {"verdict", questions::to_string(fixed.plan.before.verdict)},
                 {"needed", fixed.plan.needed},
                 {"found", !fixed.plan.ways.empty()},
                 {"reason", json_text(fixed.plan.why_none)},
                 {"tried", fixed.plan.trials},
                 {"chosen", nullptr},
                 {"ways", Json::array()},
                 {"applied", fixed.applied == nullptr ? Json(nullptr) : applied(*fixed.applied)}};
  if (!fixed.plan.ways.empty()) object["chosen"] = fixed.chosen + 1;
  for (const auto& way : fixed.plan.ways) object["ways"].push_back(way_json(fixed, way));
  return object;
}

}  // namespace

std::string fix_json(const Fixed& fixed) { return document(fixed).dump(2) + "\n"; }

std::string fix_json_line(const Fixed& fixed) { return document(fixed).dump() + "\n"; }

}  // namespace relayproof::report
