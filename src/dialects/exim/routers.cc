#include "dialects/exim/routers.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "dialects/exim/acl.h"
#include "dialects/exim/redirection.h"
#include "dialects/exim/rewriting.h"
#include "dialects/exim/router_parts.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Fate;
using policy::Field;
using policy::ListId;
using policy::Part;

class RouteLowering {
 public:
  RouteLowering(Lowering& to, std::uint16_t port) : to_(to), port_(port) {}

  ListId lower() {
    const auto& routers = to_.config.routers;
    const auto start = empty_list("route");
    for (const auto& router : routers) lists_.push_back(empty_list("router " + router.name));
    const auto end = empty_list("routers");
    rule(end, always(), policy::End{Fate::dropped}, {}, "Unrouteable address");
    lists_.push_back(end);
    for (const auto* mark : {"recipient discarded", "message discarded", "frozen"}) {
      const auto& marks = builder().policy().marks;
      for (std::uint32_t index = 0; index < marks.size(); ++index) {
        if (marks[index].name != mark) continue;
        rule(start, builder().has_mark(index), policy::End{Fate::dropped}, {}, mark);
      }
    }
    rule(start, always(), policy::Run{rewriting(lists_.front())}, {}, "routers");
    for (std::size_t index = 0; index < routers.size(); ++index) lower(index);
    return start;
  }

 private:
  PolicyBuilder& builder() { return to_.builder; }
  ConditionId always() { return builder().constant(true); }
  ListId empty_list(std::string name) { return builder().list({std::move(name), {}}); }

  void rule(ListId list, ConditionId when, policy::Effect effect, policy::OriginId origin,
            std::string_view says) {
    if (builder().constant_value(when) == std::optional(false)) return;
    builder().policy().lists.at(list).rules.push_back(
        {when, std::move(effect), std::nullopt, origin, std::string(says)});
  }

  // Where an address comes in: what the percent hack makes another comes in again.
  ListId entry(ListId router) {
    const auto known = entries_.find(router);
    if (known != entries_.end()) return known->second;
    const auto hacked = percent_hacked(to_, Operand::of({Field::recipient, Part::whole, {}}));
    if (!hacked || !hacked->transform) return entries_[router] = router;
    const auto list = empty_list("percent hack");
    entries_[router] = list;
    rule(list, hacked->when, policy::Rewrite{{*hacked->transform}, list}, {},
         "percent_hack_domains");
    rule(list, always(), policy::Run{router}, {}, "routers");
    return list;
  }

  // The rewrite section in front of `then`: a list for each rule.
  ListId rewriting(ListId then) {
    const auto known = rewritings_.find(then);
    if (known != rewritings_.end()) return known->second;
    const auto rules = rewrite_rules(to_.config, Envelope::recipient);
    ListId next = then;
    for (auto each = rules.rbegin(); each != rules.rend(); ++each) {
      next = lower(**each, next, then);
    }
    return rewritings_[then] = next;
  }

  // One that is repeated is a list for each time. `then`: behind all rules.
  ListId lower(const RewriteRule& rewrite, ListId next, ListId then) {
    Scope scope;
    scope.port = port_;
    const auto address = Operand::of({Field::recipient, Part::whole, {}});
    const auto effect = effect_of_rule(to_, rewrite, address, Envelope::recipient, scope);
    const ListId behind = effect.quits ? then : next;
    ListId made = behind;
    for (std::size_t time = times_of(rewrite, effect); time > 0; --time) {
      made = lower(rewrite, effect, {made, time == 1 ? next : behind, then});
    }
    return made;
  }

  // A rule all of whose results are written down, and which they do not match, is not repeated.
  std::size_t times_of(const RewriteRule& rewrite, const RuleEffect& effect) {
    if (!rewrite.has('R')) return 1;
    Scope scope;
    scope.port = port_;
    const bool ends = std::all_of(effect.ways.begin(), effect.ways.end(), [&](const auto& way) {
      if (way.kind != RuleEffect::Way::Kind::rewritten) return true;
      if (!way.fixed) return false;
      const auto again =
          effect_of_rule(to_, rewrite, Operand::text(*way.fixed), Envelope::recipient, scope);
      return builder().constant_value(again.matches) == std::optional(false);
    });
    return ends ? 1 : repeated_at_most;
  }

  struct Behind {
    ListId rewritten = 0;  ///< where what the rule makes goes on
    ListId missed = 0;     ///< what it does not match
    ListId rules = 0;      ///< what no further rule is asked for
  };
  ListId lower(const RewriteRule& rewrite, const RuleEffect& effect, const Behind& behind) {
    const auto list = empty_list("rewrite");
    const auto origin = to_.origin(rewrite.line, "rewrite");
    const auto& says = rewrite.line.text;
    using Kind = RuleEffect::Way::Kind;
    for (const auto& way : effect.ways) {
      policy::Effect does = policy::Run{behind.rules};
      if (way.kind == Kind::owners) does = policy::End{Fate::local};
      if (way.kind == Kind::rewritten) {
        does = policy::Rewrite{{*way.transform}, behind.rewritten};
      }
      rule(list, builder().all({effect.matches, way.when}), does, origin, says);
    }
    if (effect.quits) rule(list, effect.matches, policy::Run{behind.rules}, origin, says);
    rule(list, always(), policy::Run{behind.missed}, {}, "routers");
    return list;
  }

  ListId list_of(std::string_view router, ListId otherwise) {
    for (std::size_t index = 0; index < to_.config.routers.size(); ++index) {
      if (to_.config.routers[index].name == router) return lists_[index];
    }
    return otherwise;
  }

  void lower(std::size_t index) {
    const auto& router = to_.config.routers[index];
    const ListId list = lists_[index];
    const ListId next = lists_[index + 1];
    const auto origin = to_.origin(router.line, router.name);
    const auto address = Operand::of({Field::recipient, Part::whole, {}});
    Scope scope;
    scope.port = port_;
    scope.line = router.line;
    scope.address = address;
    // What it made before of the same address, or of any, it does not handle (section 15.4,
    // repeat_use).
    builder().policy().lists.at(list).again = {next, !router.is_on("repeat_use", true)};
    const auto used = is_used(to_, router, address, Purpose::delivery, scope);
    rule(list, builder().negation(used), policy::Run{next}, origin, "router is skipped");
    scope.address = stripped(to_, router, address);
    if (router.value("driver") == "redirect") {
      redirect(router, list, origin, scope);
    } else if (router.is_on("unseen", false)) {
      if (fate_of(to_, router) != Fate::local) {
        to_.note(router.line, "copies of unseen routers are not followed", true);
      }
    } else {
      scope.sign = Sign::permit_if_true;
      rule(list, handles(to_, router, address, scope), policy::End{fate_of(to_, router)}, origin,
           router.name);
    }
    decline(router, list, next, origin, scope);
  }

  void decline(const Instance& router, ListId list, ListId next, policy::OriginId origin,
               const Scope& scope) {
    const auto* more = router.find("more");
    if (more != nullptr && !router.is_on("unseen", false)) {
      const auto goes_on =
          is_true(to_, expand(to_, more->value, scope), more->line.text, scope, true);
      rule(list, builder().negation(goes_on), policy::End{Fate::dropped}, origin,
           "Unrouteable address");
    }
    rule(list, always(), policy::Run{next}, origin, "router declines");
  }

  void redirect(const Instance& router, ListId list, policy::OriginId origin, const Scope& scope) {
    ListId then = entry(list_of(router.value("redirect_router"), lists_.front()));
    if (router.is_on("rewrite", true)) then = rewriting(then);
    const auto* data = router.find("data");
    if (data == nullptr) {
      to_.note(router.line, "what users' own files name is theirs to say", false);
      return;
    }
    if (router.is_on("unseen", false)) {
      return to_.note(router.line, "copies of unseen routers are not followed",
                      !copies_are_forwards(data->value, scope));
    }
    if (const auto rows = data_in_rows(to_, data->value, scope)) {
      return by_rows(*rows, *data, list, then, origin, scope);
    }
    by_value(expand(to_, data->value, scope), *data, list, then, origin, scope);
  }

  // Whomever the copies go to was written down by the owner.
  bool copies_are_forwards(std::string_view data, const Scope& scope) {
    const auto value = expand(to_, data, scope);
    return std::all_of(value.begin(), value.end(), [](const Case& one) {
      const auto& text = one.text;
      if (text.kind == Text::Kind::failed || text.literal() || text.is_owners) return true;
      const bool ends_written = text.kind == Text::Kind::known && !text.pieces.empty() &&
                                !text.pieces.back().subject &&
                                text.pieces.back().text.find('@') != std::string::npos;
      return ends_written;
    });
  }

  void by_value(const Value& value, const Option& data, ListId list, ListId then,
                policy::OriginId origin, const Scope& scope) {
    for (std::size_t index = 0; index < value.size(); ++index) {
      const auto& one = value[index];
      // A case that declines ends the cases for what it holds of: later ones do not apply.
      std::vector<ConditionId> when = {one.when};
      for (std::size_t before = 0; before < index; ++before) {
        when.push_back(builder().negation(value[before].when));
      }
      of_text(one.text, builder().all(when), data, list, then, origin, scope);
    }
  }

  void of_text(const Text& text, ConditionId when, const Option& data, ListId list, ListId then,
               policy::OriginId origin, const Scope& scope) {
    if (text.kind == Text::Kind::failed) return;
    if (text.kind == Text::Kind::hidden) return hidden(text, when, data, list, origin, scope);
    if (const auto literal = text.literal()) {
      const auto effect = effect_of(*literal, then, data.line);
      if (effect) rule(list, when, *effect, origin, data.line.text);
      return;
    }
    const auto rewritings =
        rewritings_of(to_, text, data.line.text + " #" + std::to_string(data.line.where.line));
    if (rewritings.empty()) to_.note(data.line, "whom it redirects to is not followed", true);
    for (const auto& one : rewritings) {
      rule(list, builder().all({when, one.when}),
           policy::Rewrite{{builder().transform(one.transform)}, then}, origin, data.line.text);
    }
  }

  // Where rows lead that cannot be seen was written down by the owner; of anything else nobody
  // knows whether the client chose it.
  void hidden(const Text& text, ConditionId when, const Option& data, ListId list,
              policy::OriginId origin, const Scope& scope) {
    if (!text.is_owners) {
      return to_.note(data.line, "whom it redirects to is not followed: " + text.why, true);
    }
    policy::Question question;
    question.name = data.line.text;
    question.says = "where it redirects mail is not in the configuration: " + text.why;
    question.origin = origin;
    question.power = policy::Question::Power::premise;
    const auto found =
        builder().unknown(builder().question(std::move(question)), {scope.address->subject});
    rule(list, builder().all({when, found}), policy::End{Fate::local}, origin, data.line.text);
  }

  std::optional<policy::Effect> effect_of(std::string_view data, ListId then, const Line& line) {
    const auto redirection = read_redirection(data, to_.qualify_domain(true));
    switch (redirection.kind) {
      case Redirection::Kind::declines:
        return std::nullopt;
      case Redirection::Kind::dropped:
        return policy::End{Fate::dropped};
      case Redirection::Kind::local:
        return policy::End{Fate::local};
      case Redirection::Kind::unreadable:
        to_.note(line, "an included list names addresses of the owner's", false);
        return policy::End{Fate::local};
      case Redirection::Kind::addresses:
        break;
    }
    policy::Rewrite rewrite{{}, then};
    for (const auto& address : redirection.addresses) {
      policy::Transform transform;
      transform.rewritten = policy::Transform::Template{};
      transform.rewritten->pieces.push_back({address, std::nullopt});
      rewrite.transforms.push_back(builder().transform(transform));
    }
    return rewrite;
  }

  void by_rows(const RowData& rows, const Option& data, ListId list, ListId then,
               policy::OriginId origin, const Scope& scope) {
    const auto ways = lookup_ways(to_, rows.type, rows.file, rows.key, [&](const LookupRow& row) {
      const auto redirection = read_redirection(row.value, to_.qualify_domain(true));
      if (redirection.kind == Redirection::Kind::addresses) {
        return builder().result(policy::RewriteAsRow{then});
      }
      const auto effect = effect_of(row.value, then, data.line);
      return builder().result(effect ? *effect : policy::Effect(policy::Nothing{}));
    });
    if (!ways.why_not.empty()) {
      hidden(Text::owners_row(ways.why_not, {}), always(), data, list, origin, scope);
    }
    for (const auto& way : ways.ways) {
      policy::Rule one;
      one.when = always();
      one.by_row = policy::Rule::ByRow{way.lookup, way.subject};
      one.origin = origin;
      one.says = data.line.text;
      builder().policy().lists.at(list).rules.push_back(std::move(one));
    }
    by_value(rows.otherwise, data, list, then, origin, scope);
  }

  Lowering& to_;
  std::uint16_t port_;
  std::vector<ListId> lists_;
  std::map<ListId, ListId> entries_;     ///< by the router's list
  std::map<ListId, ListId> rewritings_;  ///< by the list behind them
};

}  // namespace

policy::ListId lower_routers(Lowering& to, std::uint16_t port) {
  return RouteLowering(to, port).lower();
}

}  // namespace relayproof::exim
