#include "report/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/layout.h"

namespace relayproof::report {
namespace {

using Json = nlohmann::ordered_json;
using policy::Decision;
using policy::Destination;
using policy::Fate;
using policy::Step;

constexpr std::size_t longest_quote = 300;

// Handed on by the client's choice before handed on before local before dropped.
int weight(const Destination& end) {
  if (end.fate == Fate::handed_on) return end.domain_chosen ? 3 : 2;
  return end.fate == Fate::local ? 1 : 0;
}

const Destination* weightiest(const Decision& decision) {
  const auto& ends = decision.ends;
  const auto found = std::max_element(
      ends.begin(), ends.end(),
      [](const Destination& a, const Destination& b) { return weight(a) < weight(b); });
  return found == ends.end() ? nullptr : &*found;
}

const SourceRange& place_of(const Explained& explained, const Step& step) {
  return step.row.file.empty() ? explained.policy.origins.at(step.origin).range : step.row;
}

Json step_json(const Explained& explained, const Step& step) {
  const SourceRange& place = place_of(explained, step);
  Json object = {{"stage", step.stage},
                 {"file", place.file.empty() ? Json(nullptr) : Json(escape_foreign(place.file))},
                 {"line", place.line == 0 ? Json(nullptr) : Json(place.line)},
                 {"text", escape_foreign(step.says, longest_quote)},
                 {"result", to_string(step.result)}};
  if (!step.detail.empty()) object["detail"] = escape_foreign(step.detail, longest_quote);
  return object;
}

Json relay_json(Truth relay) {
  return relay == Truth::unknown ? Json(nullptr) : Json(relay == Truth::yes);
}

Json json(const Explained& explained) {
  const Decision& decision = explained.decision;
  const Destination* end = weightiest(decision);
  const bool decided = decision.reply != Decision::Reply::undecided;
  const bool refused = decided && decision.reply != Decision::Reply::accept;
  const bool handed_on = end != nullptr && end->fate == Fate::handed_on && !refused;
  Json object = {
      {"schema", "relayproof/explain/1"},
      {"reply", to_string(decision.reply)},
      {"code", decided && decision.answer.code != 0 ? Json(decision.answer.code) : Json(nullptr)},
      {"enhanced", decided && !decision.answer.enhanced.empty() ? Json(decision.answer.enhanced)
                                                                : Json(nullptr)},
      {"fate", fate_of(decision)},
      {"to", handed_on ? Json(escape_foreign(end->to, longest_quote)) : Json(nullptr)},
      {"relay", relay_json(decision.relay)},
      {"listener",
       explained.listener.empty() ? Json(nullptr) : Json(escape_foreign(explained.listener))},
      {"hangs_on", Json::array()},
      {"trace", Json::array()}};
  for (const auto question : decision.hangs_on) {
    object["hangs_on"].push_back(
        escape_foreign(explained.policy.questions.at(question).name, longest_quote));
  }
  for (const auto& doubt : explained.doubts) {
    object["hangs_on"].push_back(escape_foreign(doubt, longest_quote));
  }
  for (const auto& step : decision.trace) object["trace"].push_back(step_json(explained, step));
  return object;
}

// What the server does by itself and what did nothing here would only be noise.
bool is_idle(const Explained& explained, const Step& step) {
  return place_of(explained, step).file.empty() && step.detail.empty() &&
         (step.result == Step::Result::no_match || step.result == Step::Result::passed);
}

std::string verdict_line(const Explained& explained) {
  const Decision& decision = explained.decision;
  if (explained.listener.empty()) return "No service of this configuration takes it.";
  const std::string fate = fate_of(decision);
  if (fate == "undecided") return "Undecided";
  if (fate == "refused") {
    if (decision.answer.code == 0) return "Refused, by one rule or another";
    return fmt::format("Refused {}{}{} by {}", decision.answer.code,
                       decision.answer.enhanced.empty() ? "" : " ", decision.answer.enhanced,
                       decision.refused_by);
  }
  const Destination* end = weightiest(decision);
  const std::string to = escape_foreign(end->to, longest_quote);
  if (fate == "dropped") return "Taken, and dropped or bounced";
  if (fate == "local") return "Taken, for " + to;
  return fmt::format("Taken, and handed on to {}{}", to,
                     decision.relay == Truth::yes ? ": a relay" : "");
}

std::string step_line(const Explained& explained, const Step& step, const TextOptions& options) {
  const SourceRange& place = place_of(explained, step);
  const std::string where =
      place.file.empty() ? "default" : fmt::format("{}:{}", place.file, place.line);
  std::string text = shown(step.says, longest_quote, options);
  if (!step.detail.empty()) text += "   (" + shown(step.detail, longest_quote, options);
  if (!step.detail.empty() && !step.because.empty()) {
    const auto& range = explained.policy.origins.at(step.because.front()).range;
    if (!range.file.empty())
      text += fmt::format(", {}:{}", shown(range.file, 60, options), range.line);
  }
  if (!step.detail.empty()) text += ")";
  return paragraph(fmt::format("    {}  {}  ", padded(to_string(step.result), 8),
                               padded(shown(where, 60, options), 16)),
                   text, 32);
}

}  // namespace

std::string fate_of(const Decision& decision) {
  if (decision.reply == Decision::Reply::reject || decision.reply == Decision::Reply::defer) {
    return "refused";
  }
  const Destination* end = weightiest(decision);
  if (decision.reply == Decision::Reply::undecided || end == nullptr) return "undecided";
  switch (end->fate) {
    case Fate::local:
      return "local";
    case Fate::handed_on:
      return "handed-on";
    case Fate::dropped:
      break;
  }
  return "dropped";
}

std::string explain_json(const Explained& explained) { return json(explained).dump(2) + "\n"; }

std::string explain_json_line(const Explained& explained) { return json(explained).dump() + "\n"; }

std::string explain_text(const Explained& explained, const TextOptions& options) {
  const auto& attempt = explained.attempt;
  std::string text =
      fmt::format("{}   {}MAIL FROM:{}  RCPT TO:{}\n", attempt.client.to_string(),
                  attempt.helo ? "HELO " + shown(*attempt.helo, 80, options) + "  " : "",
                  shown(attempt.mail_from, 120, options), shown(attempt.rcpt_to, 200, options));
  if (!explained.listener.empty()) text += "at " + shown(explained.listener, 80, options) + "\n";
  text += "\n  " + verdict_line(explained) + "\n";
  for (const auto question : explained.decision.hangs_on) {
    const auto& asked = explained.policy.questions.at(question);
    text += paragraph("  hangs on  ", shown(asked.name + ": " + asked.says, longest_quote, options),
                      12);
  }
  for (const auto& doubt : explained.doubts) {
    text += paragraph("  hangs on  ", shown(doubt, longest_quote, options), 12);
  }
  std::string stage;
  for (const auto& step : explained.decision.trace) {
    if (is_idle(explained, step)) continue;
    if (step.stage != stage) text += "\n  " + shown(step.stage, 80, options) + "\n";
    stage = step.stage;
    text += step_line(explained, step, options);
  }
  return text;
}

}  // namespace relayproof::report
