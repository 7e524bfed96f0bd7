// Restriction lists: the gate, what stands before it, overrides of master.cf.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/remedies.h"
#include "dialects/postfix/restrictions.h"

namespace relayproof::postfix {
namespace {

constexpr std::array lists{ListKind::relay,      ListKind::recipient, ListKind::client,
                           ListKind::helo,       ListKind::sender,    ListKind::data,
                           ListKind::end_of_data};

const std::vector<std::string_view> neighbours{
    "smtpd_client_restrictions",    "smtpd_helo_restrictions",
    "smtpd_sender_restrictions",    "smtpd_relay_restrictions",
    "smtpd_recipient_restrictions", "smtpd_delay_reject",
    "smtpd_helo_required",          "mynetworks"};

bool is_gate(const Restriction& item) {
  return item.word != nullptr && (item.word->is == Is::reject_unauth_destination ||
                                  item.word->is == Is::defer_unauth_destination);
}

// It may let a stranger through: by a row, a server's answer, DNS, or for nothing.
bool lets_in(const Restriction& item) {
  if (item.kind == Restriction::Kind::named) return true;
  if (item.word == nullptr) return false;
  switch (item.word->is) {
    case Is::permit_mynetworks:
    case Is::permit_sasl_authenticated:
    case Is::permit_auth_destination:
    case Is::permit_inet_interfaces:
      return false;
    default:
      break;
  }
  const auto effect = item.word->effect;
  return effect == Effect::permit || effect == Effect::table || effect == Effect::policy ||
         effect == Effect::hidden_permit || effect == Effect::removed;
}

// One list of one service.
class Proposer {
 public:
  Proposer(RemedyContext& context, const Service& service, ListKind kind)
      : context_(context),
        service_(service),
        kind_(kind),
        value_(context.config().effective(service, to_string(kind))),
        items_(parse_restrictions(value_.text, kind, context.config().version()).items) {}

  void propose() {
    if (!context_.is_new(*value_.setting, "restrictions")) return;
    if (kind_ == ListKind::relay) set_gate();
    drop_override();
    for (const auto& item : items_) {
      if (lets_in(item)) drop(item);
      if (item.warn_only && is_gate(item)) enforce(item);
    }
    const bool gates = kind_ == ListKind::relay || kind_ == ListKind::recipient;
    if (gates) put_gate_first();
  }

 private:
  std::string name() const { return std::string(to_string(kind_)); }
  bool is_override() const { return value_.setting->provenance == Provenance::master_cf; }

  std::string where() const {
    return is_override() ? " of " + service_.id() + " in master.cf" : "";
  }

  void set_gate() {
    const std::string says = "set smtpd_relay_restrictions" + where() +
                             " = permit_mynetworks, permit_sasl_authenticated, "
                             "reject_unauth_destination";
    if (value_.setting->is_default()) {
      context_.propose(says,
                       insert_setting(context_.texts(), context_.config(), name(),
                                      "permit_mynetworks, permit_sasl_authenticated, "
                                      "reject_unauth_destination",
                                      neighbours),
                       2);
    } else if (auto editor = context_.editor(*value_.setting)) {
      context_.propose(says, editor->set(recommended_gate), items_.empty() ? 2 : 3);
    }
  }

  void drop_override() {
    if (!is_override()) return;
    auto editor = context_.editor(*value_.setting);
    if (!editor) return;
    if (auto edits = editor->remove_setting()) {
      context_.propose("take -o " + name() + "=" + value_.setting->text + " from " + service_.id() +
                           " in master.cf, so that main.cf counts",
                       *edits, kind_ == ListKind::relay ? 2 : 3);
    }
  }

  bool is_cause(const Restriction& item) const {
    return context_.is_cause(value_, item.offset, item.offset + item.size);
  }

  // The words of an item, in the setting where they are written; what `warn_if_reject` stands in
  // front of it goes, too.
  struct Words {
    ListEditor editor;
    std::vector<std::size_t> indices;
    std::string setting;
  };
  std::optional<Words> words_of(const Restriction& item) {
    auto spot = context_.spot(value_, item.offset);
    if (!spot) return {};
    Words found{std::move(spot->editor), {spot->word}, std::move(spot->setting)};
    const bool apart = !item.argument.empty() && !item.implied;
    if (apart) {
      const auto argument = context_.spot(value_, item.argument_offset);
      if (!argument || argument->setting != found.setting) return {};
      found.indices.push_back(argument->word);
    }
    const auto& words = found.editor.words();
    if (item.warn_only && found.indices.front() > 0 &&
        equals_ignoring_case(words[found.indices.front() - 1].text, "warn_if_reject")) {
      found.indices.push_back(found.indices.front() - 1);
    }
    return found;
  }

  std::string written(const Restriction& item) const {
    return value_.text.substr(item.offset, item.size);
  }

  // A policy service or a table may refuse much besides: the gate before it gives up less.
  static unsigned cost_of(const Restriction& item) {
    if (item.word == nullptr || item.word->effect == Effect::permit) return 2;
    if (item.word->effect == Effect::policy) return 4;
    const bool only_here = item.table && (item.table->table_class == TableClass::value ||
                                          item.table->table_class == TableClass::rows);
    return item.word->effect == Effect::table && !only_here ? 3 : 2;
  }

  void drop(const Restriction& item) {
    const bool blamed = is_cause(item);
    const bool gates = kind_ == ListKind::relay || kind_ == ListKind::recipient;
    if (!blamed && !gates) return;
    if (auto words = words_of(item)) {
      context_.propose("take " + written(item) + " out of " + words->setting + where(),
                       words->editor.remove(words->indices), blamed ? cost_of(item) : 4);
    }
  }

  // What only warned refuses.
  void enforce(const Restriction& item) {
    auto words = words_of(item);
    if (!words || words->indices.size() < 2) return;
    context_.propose("take warn_if_reject away from " + item.name + " in " + words->setting,
                     words->editor.remove({words->indices.back()}), 1);
  }

  // reject_unauth_destination before the first thing that may let strangers in.
  void put_gate_first() {
    const auto first = std::find_if(items_.begin(), items_.end(), lets_in);
    if (first == items_.end()) return;
    const auto gate = std::find_if(items_.begin(), items_.end(), [](const Restriction& item) {
      return is_gate(item) && !item.warn_only;
    });
    if (gate != items_.end() && gate < first) return;
    auto before = words_of(*first);
    if (!before) return;
    const auto at = *std::min_element(before->indices.begin(), before->indices.end());
    const std::string says =
        gate == items_.end() ? "put reject_unauth_destination" : "move " + gate->name;
    auto edits = before->editor.insert_before(
        at, gate == items_.end() ? "reject_unauth_destination" : gate->name);
    if (gate != items_.end()) {
      auto old = words_of(*gate);
      if (!old || old->setting != before->setting) return;
      for (auto& edit : before->editor.remove(old->indices)) edits.push_back(std::move(edit));
    }
    context_.propose(says + " before " + written(*first) + " in " + before->setting + where(),
                     std::move(edits), 2);
  }

  RemedyContext& context_;
  const Service& service_;
  ListKind kind_;
  Value value_;
  std::vector<Restriction> items_;
};

}  // namespace

void propose_restrictions(RemedyContext& context) {
  for (const auto* service : context.services("smtpd")) {
    for (const auto kind : lists) Proposer(context, *service, kind).propose();
  }
}

}  // namespace relayproof::postfix
