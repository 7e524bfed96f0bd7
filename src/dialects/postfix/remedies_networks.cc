// Lists of clients that are trusted by their address.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialects/postfix/findings_context.h"
#include "dialects/postfix/mynetworks.h"
#include "dialects/postfix/remedies.h"
#include "mail/ip_set.h"

namespace relayproof::postfix {
namespace {

struct TrustList {
  std::string_view name;
  std::string_view command;  ///< the program that asks it
  bool holds_own = false;    ///< loopback and the stated networks belong in it
};
constexpr std::array<TrustList, 3> trust_lists{{
    {"mynetworks", "smtpd", true},
    {"smtpd_authorized_xclient_hosts", "smtpd", false},
    {"qmqpd_authorized_clients", "qmqpd", true},
}};

constexpr std::array<std::string_view, 2> loopbacks{"127.0.0.0/8", "::1/128"};

mail::IpSet stated(const RemedyContext& context) {
  auto set = mail::loopback();
  for (const auto& network : context.request().networks) set = set | mail::IpSet::of(network);
  return set;
}

// One list, as it stands and as it could.
class Narrowing {
 public:
  Narrowing(RemedyContext& context, const TrustList& list, Value value)
      : context_(context),
        list_(list),
        value_(std::move(value)),
        stated_(stated(context)),
        clients_(
            parse_client_list(context.shelf().files(), value_.text, context.config().version())) {}

  void propose() {
    sort_out();
    narrow();
    correct();
    add_stated();
    set();
  }

 private:
  struct Offending {
    std::size_t offset = 0;  // in the value
    std::string text;
    std::string instead;  // empty: it goes
  };

  void sort_out() {
    for (const auto& pattern : clients_.patterns) {
      if (pattern.negated) continue;
      const auto& element = clients_.list.elements[pattern.element];
      if (pattern.kind == ClientPattern::Kind::network) {
        sort_out(pattern, element);
      } else if (pattern.kind == ClientPattern::Kind::failing &&
                 element.kind == ListElement::Kind::text) {
        sort_out_error(element);
      } else if (pattern.kind == ClientPattern::Kind::table) {
        remove_rows(clients_.list.tables[element.table]);
      }
    }
  }

  void sort_out(const ClientPattern& pattern, const ListElement& element) {
    const auto set = mail::IpSet::of(pattern.network);
    const auto strangers = (set & mail::globally_routable()) - stated_;
    if (strangers.empty()) {
      kept_ = kept_ | set;
      // Strangers may appear under an address in it; that alone says nothing while others are in.
      const bool blamed =
          !set.is_subset_of(mail::loopback() | stated_) &&
          context_.is_cause(value_, element.column, element.column + element.text.size());
      if (blamed) blamed_.push_back({element.column, std::string(element.text), ""});
      return;
    }
    lost_ = lost_ | set;
    note(element, "");
  }

  // `127.0.0.1/8`: the network that was meant.
  void sort_out_error(const ListElement& element) {
    std::string text(element.text);
    text.erase(
        std::remove_if(text.begin(), text.end(), [](char c) { return c == '[' || c == ']'; }),
        text.end());
    const auto network = mail::Network::parse(text);
    if (!network) return;
    wrong_.push_back({element.column, std::string(element.text), network_text(*network)});
  }

  void note(const ListElement& element, std::string instead) {
    const auto in_file = clients_.list.locate(element);
    if (!in_file) {
      offending_.push_back({element.column, std::string(element.text), std::move(instead)});
      return;
    }
    if (auto edits = remove_line(context_.texts(), *in_file)) {
      in_files_.insert(in_files_.end(), edits->begin(), edits->end());
      told_ += (told_.empty() ? "" : " ") + std::string(element.text);
    }
  }

  void remove_rows(const TableName& name) {
    for_each_row(*context_.shelf().open(name), [&](const TableRow& row) {
      if (row.network == nullptr || row.network->negated) return true;
      const auto set = mail::IpSet::of(row.network->network);
      if (((set & mail::globally_routable()) - stated_).empty()) return true;
      if (auto edits = remove_line(context_.texts(), row.where)) {
        in_files_.insert(in_files_.end(), edits->begin(), edits->end());
        told_ += (told_.empty() ? "" : " ") + network_text(row.network->network);
      }
      return true;
    });
  }

  // What belongs in the list and would not be in it any more.
  std::string missing() const {
    std::string text;
    const auto add = [&](const mail::Network& network) {
      if (mail::IpSet::of(network).is_subset_of(kept_)) return;
      text += (text.empty() ? "" : " ") + network_text(network);
    };
    if (!list_.holds_own) return text;
    for (const auto loopback : loopbacks) {
      const auto network = *mail::Network::parse(loopback);
      if (!(mail::IpSet::of(network) & lost_).empty()) add(network);
    }
    for (const auto& network : context_.request().networks) add(network);
    return text;
  }

  // Strangers' networks go; those that were stated and were in them come in their place.
  void narrow() {
    if (offending_.empty() && in_files_.empty()) offending_ = blamed_;
    if (offending_.empty() && in_files_.empty()) return;
    Edits edits = in_files_;
    std::optional<ListEditor> editor;
    std::vector<std::size_t> words;
    std::string setting;  // they can be edited together if they are written in one
    for (const auto& one : offending_) {
      auto spot = context_.spot(value_, one.offset);
      if (!spot || (!setting.empty() && setting != spot->setting)) return;
      setting = spot->setting;
      words.push_back(spot->word);
      editor = std::move(spot->editor);
      told_ += (told_.empty() ? "" : " ") + one.text;
    }
    const auto instead = in_files_.empty() ? missing() : std::string();
    auto says = "take " + told_ + " out of " + std::string(list_.name);
    if (!instead.empty()) says += ", write " + instead + " in its place";
    if (editor) {
      if (!instead.empty()) {
        edits = joined(edits, editor->replace(words.front(), instead));
        words.erase(words.begin());
      }
      if (!words.empty()) edits = joined(edits, editor->remove(words));
    }
    context_.propose(std::move(says), std::move(edits), 1);
  }

  void correct() {
    Edits edits;
    std::string says;
    for (const auto& one : wrong_) {
      auto spot = context_.spot(value_, one.offset);
      if (!spot) return;
      edits = joined(edits, spot->editor.replace(spot->word, one.instead));
      says += (says.empty() ? "write " : ", ") + one.instead + " for " + one.text;
    }
    context_.propose(says + " in " + std::string(list_.name), std::move(edits), 1);
  }

  // Who may relay by right and is not in the list: those that were stated, and the host itself.
  void add_stated() {
    if (list_.name != "mynetworks") return;
    const auto covered = kept_ | lost_;
    std::string text;
    for (const auto& network : context_.request().networks) add_missing(network, covered, text);
    append(text, 1);
    const auto without_host = text;
    for (const auto loopback : loopbacks) {
      add_missing(*mail::Network::parse(loopback), covered, text);
    }
    if (text != without_host) append(text, 2);
  }

  static void add_missing(const mail::Network& network, const mail::IpSet& covered,
                          std::string& text) {
    if (mail::IpSet::of(network).is_subset_of(covered)) return;
    text += (text.empty() ? "" : " ") + network_text(network);
  }

  void append(const std::string& text, unsigned cost) {
    if (text.empty()) return;
    auto editor = context_.editor(*value_.setting);
    if (editor) context_.propose("add " + text + " to mynetworks", editor->append(text), cost);
  }

  // The recommended form: loopback, and the networks that were stated.
  void set() {
    if (list_.name != "mynetworks" || (offending_.empty() && !value_.setting->is_default())) return;
    std::string text;
    for (const auto loopback : loopbacks) {
      text += (text.empty() ? "" : " ") + network_text(*mail::Network::parse(loopback));
    }
    for (const auto& network : context_.request().networks) text += " " + network_text(network);
    const auto says = "set mynetworks = " + text;
    if (value_.setting->is_default()) {
      context_.propose(says,
                       insert_setting(context_.texts(), context_.config(), "mynetworks", text,
                                      {"mynetworks_style", "inet_protocols", "inet_interfaces",
                                       "relayhost", "mydestination"}),
                       3);
    } else if (auto editor = context_.editor(*value_.setting)) {
      context_.propose(says, editor->set(text), 3);
    }
  }

  static Edits joined(Edits edits, const Edits& more) {
    edits.insert(edits.end(), more.begin(), more.end());
    return edits;
  }

  RemedyContext& context_;
  const TrustList& list_;
  Value value_;
  mail::IpSet stated_;
  ClientList clients_;
  mail::IpSet kept_;
  mail::IpSet lost_;
  std::vector<Offending> offending_;
  std::vector<Offending> blamed_;  // private networks that the cause names
  std::vector<Offending> wrong_;
  Edits in_files_;
  std::string told_;
};

}  // namespace

std::string network_text(const mail::Network& network) {
  const auto prefixes = mail::IpSet::of(network).prefixes();
  const auto address = prefixes.empty() ? network.address : prefixes.front().address;
  const auto prefix = std::to_string(network.prefix);
  if (address.is_v6()) return "[" + address.to_string() + "]/" + prefix;
  return address.to_string() + (network.prefix == 32 ? "" : "/" + prefix);
}

void propose_networks(RemedyContext& context) {
  for (const auto& list : trust_lists) {
    for (const auto* service : context.services(list.command)) {
      auto value = context.config().effective(*service, list.name);
      if (!context.is_new(*value.setting, "networks")) continue;
      Narrowing(context, list, std::move(value)).propose();
    }
  }
}

}  // namespace relayproof::postfix
