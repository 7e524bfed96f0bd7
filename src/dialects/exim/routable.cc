#include <algorithm>

#include "base/text.h"
#include "dialects/exim/redirection.h"
#include "dialects/exim/router_parts.h"
#include "dialects/exim/routers.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;

constexpr std::size_t verify_depth = 4;
constexpr std::size_t verified_rows = 32;

// Whether an address can be routed: the routers as one formula.
class Verification {
 public:
  Verification(Lowering& to, Purpose purpose, Scope scope)
      : to_(to), purpose_(purpose), scope_(std::move(scope)) {}

  ConditionId of(const Operand& address, std::size_t from, std::size_t depth) {
    if (depth > verify_depth) return builder().constant(true);
    const auto& routers = to_.config.routers;
    std::vector<Step> steps;
    for (std::size_t index = from; index < routers.size(); ++index) {
      steps.push_back(step(routers[index], address, depth));
    }
    auto result = builder().constant(false);
    for (std::size_t index = steps.size(); index > 0; --index) {
      const auto& one = steps[index - 1];
      const auto behind = builder().all({one.goes_on, result});
      const auto here = builder().choice(one.handled, one.verified, behind);
      result = builder().choice(one.used, here, result);
    }
    return result;
  }

 private:
  struct Step {
    ConditionId used = 0;
    ConditionId handled = 0;
    ConditionId verified = 0;  ///< where it is handled
    ConditionId goes_on = 0;   ///< where it is not
  };

  PolicyBuilder& builder() { return to_.builder; }

  Step step(const Instance& router, const Operand& address, std::size_t depth) {
    Step made;
    Scope scope = scope_;
    scope.address = address;
    scope.line = router.line;
    const auto driver = router.value("driver");
    const bool fails = router.is_on("fail_verify", false) ||
                       router.find("fail_verify_sender") != nullptr ||
                       router.find("fail_verify_recipient") != nullptr;
    // That it is used can only help where it then takes the address.
    const bool takes = (driver == "accept" || driver == "dnslookup") && !fails;
    if (!takes) scope.sign = Sign::either;
    made.used = is_used(to_, router, address, purpose_, scope);
    if (driver != "redirect" && !fails) scope.sign = scope_.sign;
    scope.address = stripped(to_, router, address);
    made.goes_on = builder().constant(true);
    if (const auto* more = router.find("more")) {
      made.goes_on = is_true(to_, expand(to_, more->value, scope), more->line.text, scope, true);
    }
    made.verified = builder().constant(true);
    if (driver == "redirect") {
      redirect(router, scope, depth, made);
    } else {
      made.handled = handles(to_, router, address, scope);
    }
    const auto* option =
        purpose_ == Purpose::verify_sender ? "fail_verify_sender" : "fail_verify_recipient";
    if (router.is_on(option, router.is_on("fail_verify", false)))
      made.verified = builder().constant(false);
    return made;
  }

  std::size_t index_of(std::string_view router) const {
    for (std::size_t index = 0; index < to_.config.routers.size(); ++index) {
      if (to_.config.routers[index].name == router) return index;
    }
    return 0;
  }

  void redirect(const Instance& router, const Scope& scope, std::size_t depth, Step& made) {
    made.handled = builder().constant(false);
    const auto* data = router.find("data");
    if (data == nullptr) return;
    const auto then = index_of(router.value("redirect_router"));
    if (const auto rows = data_in_rows(to_, data->value, scope)) {
      by_rows(*rows, *data, then, depth, scope, made);
    } else {
      by_value(expand(to_, data->value, scope), *data, then, depth, scope, made);
    }
  }

  void add(Step& made, ConditionId when, ConditionId verified) {
    made.verified = builder().choice(when, verified, made.verified);
    made.handled = builder().any({when, made.handled});
  }

  void by_value(const Value& value, const Option& data, std::size_t then, std::size_t depth,
                const Scope& scope, Step& made) {
    for (std::size_t index = value.size(); index > 0; --index) {
      const auto& one = value[index - 1];
      std::vector<ConditionId> when = {one.when};
      for (std::size_t before = 0; before + 1 < index; ++before) {
        when.push_back(builder().negation(value[before].when));
      }
      const auto here = builder().all(when);
      if (one.text.kind == Text::Kind::failed) continue;
      if (one.text.kind == Text::Kind::hidden) {
        Scope inner = scope;
        inner.sign = scope_.sign;
        add(made,
            builder().all({here, to_.hidden(data.line.text, one.text.why, inner,
                                            mentioned_in(data.value, scope), false)}),
            builder().constant(true));
      } else if (const auto literal = one.text.literal()) {
        if (const auto verified = of_data(*literal, then, depth)) add(made, here, *verified);
      } else {
        add(made, here, of_template(one.text, data, then, depth, scope));
      }
    }
  }

  std::optional<ConditionId> of_data(std::string_view data, std::size_t then, std::size_t depth) {
    const auto redirection = read_redirection(data, to_.qualify_domain(true));
    const bool drops = data.find(":blackhole:") != std::string_view::npos;
    switch (redirection.kind) {
      case Redirection::Kind::declines:
        return std::nullopt;
      case Redirection::Kind::dropped:
        return builder().constant(drops);
      case Redirection::Kind::local:
      case Redirection::Kind::unreadable:
        return builder().constant(true);
      case Redirection::Kind::addresses:
        break;
    }
    if (redirection.addresses.size() > 1) return builder().constant(true);
    return of(Operand::text(redirection.addresses[0]), then, depth + 1);
  }

  ConditionId of_template(const Text& text, const Option& data, std::size_t then, std::size_t depth,
                          const Scope& scope) {
    const auto rewritings =
        rewritings_of(to_, text, data.line.text + " #" + std::to_string(data.line.where.line));
    if (rewritings.empty() || !scope.address || scope.address->fixed ||
        scope.address->subject.field != Field::recipient || !scope.address->subject.via.empty()) {
      return builder().constant(true);
    }
    auto result = builder().constant(false);
    for (const auto& one : rewritings) {
      Operand child = *scope.address;
      child.subject.part = Part::whole;
      child.subject.via.push_back(builder().transform(one.transform));
      result = builder().choice(one.when, of(child, then, depth + 1), result);
    }
    return result;
  }

  void by_rows(const RowData& rows, const Option& data, std::size_t then, std::size_t depth,
               const Scope& scope, Step& made) {
    std::vector<std::string> values;
    bool many = false;
    const auto result_of = [&](const LookupRow& row) {
      if (std::find(values.begin(), values.end(), row.value) == values.end()) {
        many = many || values.size() >= verified_rows;
        if (!many) values.push_back(row.value);
      }
      return builder().named_result("value " + row.value);
    };
    const auto ways = lookup_ways(to_, rows.type, rows.file, rows.key, result_of);
    by_value(rows.otherwise, data, then, depth, scope, made);
    if (!ways.why_not.empty()) {
      Scope inner = scope;
      inner.sign = scope_.sign;
      return add(made, to_.hidden(data.line.text, ways.why_not, inner, {rows.key}, false),
                 builder().constant(true));
    }
    for (std::size_t way = ways.ways.size(); way > 0; --way) {
      const auto& [lookup, subject] = ways.ways[way - 1];
      if (many) {
        add(made, builder().finds(lookup, subject), builder().constant(true));
        continue;
      }
      for (const auto& value : values) {
        const auto found =
            builder().finds(lookup, subject, {builder().named_result("value " + value)});
        if (const auto verified = of_data(value, then, depth)) {
          add(made, found, *verified);
        } else {
          made.handled = builder().all({builder().negation(found), made.handled});
        }
      }
    }
  }

  Lowering& to_;
  Purpose purpose_;
  Scope scope_;
};

}  // namespace

policy::ConditionId is_routable(Lowering& to, const Operand& address, bool as_recipient,
                                const Scope& scope) {
  Scope inner = scope;
  inner.lists_domains = false;
  const auto purpose = as_recipient ? Purpose::verify_recipient : Purpose::verify_sender;
  return Verification(to, purpose, std::move(inner)).of(address, 0, 0);
}

}  // namespace relayproof::exim
