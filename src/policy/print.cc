// The printed form of a policy: one line a rule, so that tests and readers can compare models.
#include <fmt/format.h>

#include "policy/policy.h"

namespace relayproof::policy {
namespace {

class Printer {
 public:
  explicit Printer(const Policy& policy) : policy_(policy) {}

  std::string print() {
    for (const auto& door : policy_.doors) print(door);
    for (const auto& listener : policy_.listeners) print(listener);
    for (const auto& list : policy_.lists) print(list);
    text_ += fmt::format("answers for {}\n", fmt::join(policy_.answers_for, " "));
    for (const auto premise : policy_.premises) {
      text_ += fmt::format("premise {}\n", condition(premise));
    }
    return std::move(text_);
  }

 private:
  void print(const Door& door) {
    text_ += fmt::format("door {} to {}: clients {}", door.port,
                         policy_.listeners.at(door.listener).name, networks(door.clients));
    for (const auto& seen : door.seen) {
      text_ += fmt::format(", {} seen as {}", networks(seen.clients), seen.as.to_string());
    }
    if (!door.may_claim.empty()) {
      text_ += fmt::format(", {} may claim", networks(door.may_claim));
    }
    text_ += '\n';
  }

  void print(const Listener& listener) {
    text_ += fmt::format("listener {}", listener.name);
    if (!listener.runs) text_ += fmt::format(" does not run: {}", listener.why_not);
    text_ += '\n';
    for (const auto flag : listener.strangers_can) {
      text_ += fmt::format("  strangers can: {}\n", to_string(flag));
    }
    for (const auto& doubt : listener.doubts) {
      text_ += fmt::format("  {} if {}\n", to_string(doubt.flag),
                           policy_.questions.at(doubt.question).name);
    }
    for (const auto& stage : listener.stages) {
      text_ += fmt::format("  at {}: {}\n", to_string(stage.moment), list_name(stage.list));
    }
    text_ += fmt::format("  route {}\n", list_name(listener.route));
  }

  void print(const List& list) {
    text_ += fmt::format("list {}\n", list.name);
    if (list.again) {
      text_ += fmt::format("  made here of {} -> {}\n", list.again->of_any ? "any" : "the same",
                           list_name(list.again->list));
    }
    for (const auto& rule : list.rules) {
      const std::string what =
          rule.by_row ? fmt::format("row of {}", lookup(rule.by_row->lookup, rule.by_row->subject))
                      : effect(rule.effect);
      const auto& range = policy_.origins.at(rule.origin).range;
      text_ += fmt::format("  {} -> {}  # {}{}\n", condition(rule.when), what, rule.says,
                           range.file.empty() ? "" : " " + to_string(range));
    }
  }

  std::string condition(ConditionId id) {
    return std::visit([&](const auto& kind) { return words(kind); }, policy_.conditions.at(id).is);
  }

  std::string words(const Constant& it) { return it.value ? "always" : "never"; }
  std::string words(const ClientIn& it) { return "client in " + networks(it.addresses); }
  std::string words(const IsSet& it) { return std::string(to_string(it.flag)); }
  std::string words(const Present& it) { return fmt::format("has {}", to_string(it.field)); }
  std::string words(const Finds& it) {
    std::string text = lookup(it.lookup, it.subject);
    for (const auto result : it.results) text += " = " + effect(policy_.results.at(result));
    return text;
  }
  std::string words(const Same& it) { return subject(it.one) + " same as " + subject(it.other); }
  std::string words(const HasMark& it) { return "mark " + policy_.marks.at(it.mark).name; }
  std::string words(const Unknown& it) {
    std::string text = "unknown(" + policy_.questions.at(it.question).name;
    for (const auto& about : it.about) text += ", " + subject(about);
    return text + ")";
  }
  std::string words(const Not& it) { return fmt::format("not ({})", condition(it.of)); }
  std::string words(const All& it) { return joined(it.of, " and ", "always"); }
  std::string words(const Any& it) { return joined(it.of, " or ", "never"); }

  std::string joined(const std::vector<ConditionId>& ids, std::string_view with,
                     std::string_view none) {
    if (ids.empty()) return std::string(none);
    std::vector<std::string> parts;
    for (const auto id : ids) parts.push_back(condition(id));
    return parts.size() == 1 ? parts.front() : fmt::format("({})", fmt::join(parts, with));
  }

  std::string effect(const Effect& it) {
    return std::visit([&](const auto& kind) { return words(kind); }, it);
  }
  std::string words(const Nothing&) { return "nothing"; }
  std::string words(const Permit&) { return "permit"; }
  std::string words(const Refuse& it) {
    return fmt::format("refuse {}{}{}", it.answer.code, it.answer.enhanced.empty() ? "" : " ",
                       it.answer.enhanced);
  }
  std::string words(const SetMark& it) { return "set " + policy_.marks.at(it.mark).name; }
  std::string words(const Run& it) {
    return fmt::format("run {}{}{}", list_name(it.list), it.permit_counts ? "" : ", no permit",
                       it.refusal_counts ? "" : ", no refusal");
  }
  std::string words(const Rewrite& it) {
    std::string text = "rewrite";
    for (const auto index : it.transforms) text += " " + transform(policy_.transforms.at(index));
    return text + ", then " + list_name(it.then);
  }
  std::string words(const RewriteAsRow& it) {
    return fmt::format("rewrite as the row says{}, then {}", it.extends ? ", with extensions" : "",
                       list_name(it.then));
  }
  std::string words(const End& it) {
    switch (it.fate) {
      case Fate::local:
        return "local";
      case Fate::handed_on:
        return "handed on";
      case Fate::dropped:
        break;
    }
    return "dropped";
  }

  std::string transform(const Transform& it) {
    if (it.named) return it.named->name;
    std::string text = "<";
    for (const auto& piece : it.rewritten->pieces)
      text += piece.hole ? hole(*piece.hole) : piece.text;
    return text + ">";
  }
  std::string hole(const Transform::Template::Hole& it) {
    using Of = Transform::Template::Hole::Of;
    switch (it.of) {
      case Of::capture:
        return fmt::format("${}", it.group);
      case Of::local:
        return "$local";
      case Of::domain:
        return "$domain";
      case Of::whole:
        break;
    }
    return "$whole";
  }

  std::string lookup(std::uint32_t index, const Subject& about) {
    std::vector<std::string> names;
    for (const auto table : policy_.lookups.at(index).tables) {
      names.push_back(policy_.tables.at(table).name);
    }
    return fmt::format("{} in {}", subject(about), fmt::join(names, ", "));
  }
  std::string subject(const Subject& it) {
    std::string text(to_string(it.field));
    for (const auto index : it.via)
      text = transform(policy_.transforms.at(index)) + "(" + text + ")";
    if (it.part != Part::whole) text = fmt::format("{} of {}", to_string(it.part), text);
    return text;
  }
  std::string list_name(ListId id) { return "'" + policy_.lists.at(id).name + "'"; }
  static std::string networks(const mail::IpSet& set) {
    if (set == mail::IpSet::all()) return "any";
    return set.empty() ? "none" : set.to_string();
  }

  const Policy& policy_;
  std::string text_;
};

}  // namespace

std::string print(const Policy& policy) { return Printer(policy).print(); }

}  // namespace relayproof::policy
