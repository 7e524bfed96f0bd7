#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialects/exim/redirection.h"
#include "dialects/exim/rewriting.h"
#include "dialects/exim/router_parts.h"
#include "dialects/exim/routers.h"

namespace relayproof::exim {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;

constexpr std::size_t verify_depth = 4;
constexpr std::size_t verified_rows = 32;
constexpr std::size_t rewritten_limit = 300;

// Whether an address can be routed: the routers as one formula.
class Verification {
 public:
  enum class Wanted : std::uint8_t { verified, deferred };
  Verification(Lowering& to, Purpose purpose, Scope scope, Wanted wanted)
      : to_(to), purpose_(purpose), scope_(std::move(scope)), wanted_(wanted) {}

  ConditionId of(const Operand& address, std::size_t from, std::size_t depth,
                 bool rewrites = true) {
    if (depth > verify_depth) return verified();
    if (!rewrites || to_.config.rewrites.empty()) return of_rewritten(address, from, depth);
    // What routers make are recipients.
    const auto envelope =
        purpose_ == Purpose::verify_sender && depth == 0 ? Envelope::sender : Envelope::recipient;
    return after_rewriting(to_, address, envelope, scope_, verified(), [&](const Operand& made) {
      if (++rewritten_ <= rewritten_limit) return of_rewritten(made, from, depth);
      to_.note(to_.config.rewrites.front().line, "verifying has too many ways through it",
               envelope == Envelope::recipient);
      return verified();
    });
  }

 private:
  ConditionId verified() { return builder().constant(wanted_ == Wanted::verified); }

  ConditionId of_rewritten(const Operand& address, std::size_t from, std::size_t depth) {
    const auto hacked = depth > 0 ? percent_hacked(to_, address) : std::nullopt;
    if (!hacked) return of_plain(address, from, depth);
    return builder().choice(hacked->when, of(hacked->address, 0, depth + 1, false),
                            of_plain(address, from, depth));
  }

  ConditionId of_plain(const Operand& address, std::size_t from, std::size_t depth) {
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

  // Where what a redirect router makes goes on.
  struct Next {
    std::size_t from = 0;
    bool rewrites = true;
  };
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
    made.used = builder().all({builder().negation(has_handled(router, address)),
                               is_used(to_, router, address, purpose_, scope)});
    if (driver != "redirect" && !fails) scope.sign = scope_.sign;
    scope.address = stripped(to_, router, address);
    made.goes_on = builder().constant(true);
    if (const auto* more = router.find("more")) {
      made.goes_on = is_true(to_, expand(to_, more->value, scope), more->line.text, scope, true);
    }
    made.verified = verified();
    if (driver == "redirect") {
      handled_.push_back({&router, address});
      redirect(router, scope, depth, made);
      handled_.pop_back();
    } else {
      made.handled = handles(to_, router, address, scope);
    }
    const auto* option =
        purpose_ == Purpose::verify_sender ? "fail_verify_sender" : "fail_verify_recipient";
    if (router.is_on(option, router.is_on("fail_verify", false)))
      made.verified = builder().constant(false);
    return made;
  }

  // It comes out of what this router made of the same.
  ConditionId has_handled(const Instance& router, const Operand& address) {
    const bool of_any = !router.is_on("repeat_use", true);
    std::vector<ConditionId> any;
    for (const auto& one : handled_) {
      if (one.router != &router) continue;
      any.push_back(of_any ? builder().constant(true) : is_same(one.address, address));
    }
    return builder().any(any);
  }

  ConditionId is_same(const Operand& one, const Operand& other) {
    if (one.fixed && other.fixed) {
      return builder().constant(equals_ignoring_case(*one.fixed, *other.fixed));
    }
    if (one.fixed) return builder().is_one_of({*one.fixed}, other.subject);
    if (other.fixed) return builder().is_one_of({*other.fixed}, one.subject);
    if (one.subject == other.subject) return builder().constant(true);
    return builder().condition(policy::Same{one.subject, other.subject});
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
    const Next then{index_of(router.value("redirect_router")), router.is_on("rewrite", true)};
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

  void by_value(const Value& value, const Option& data, Next then, std::size_t depth,
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
            verified());
      } else if (const auto literal = one.text.literal()) {
        if (const auto verified = of_data(*literal, then, depth)) add(made, here, *verified);
      } else {
        add(made, here, of_template(one.text, data, then, depth, scope));
      }
    }
  }

  std::optional<ConditionId> of_data(std::string_view data, Next then, std::size_t depth) {
    const auto redirection = read_redirection(data, to_.qualify_domain(true));
    const std::string_view wanted = wanted_ == Wanted::verified ? ":blackhole:" : ":defer:";
    const bool drops = data.find(wanted) != std::string_view::npos;
    switch (redirection.kind) {
      case Redirection::Kind::declines:
        return std::nullopt;
      case Redirection::Kind::dropped:
        return builder().constant(drops);
      case Redirection::Kind::local:
      case Redirection::Kind::unreadable:
        return verified();
      case Redirection::Kind::addresses:
        break;
    }
    if (redirection.addresses.size() > 1) return verified();
    return of(Operand::text(redirection.addresses[0]), then.from, depth + 1, then.rewrites);
  }

  ConditionId of_template(const Text& text, const Option& data, Next then, std::size_t depth,
                          const Scope& scope) {
    if (!scope.address || scope.address->fixed || !scope.address->subject.via.empty()) {
      return verified();
    }
    // The parts of whichever address is verified are those of the text that is rewritten.
    Text of_address = text;
    for (auto& piece : of_address.pieces) {
      if (piece.subject && piece.subject->field == scope.address->subject.field) {
        piece.subject->field = Field::recipient;
      }
    }
    const auto rewritings = rewritings_of(
        to_, of_address, data.line.text + " #" + std::to_string(data.line.where.line));
    if (rewritings.empty()) return verified();
    auto result = builder().constant(false);
    for (const auto& one : rewritings) {
      Operand child = *scope.address;
      child.subject.part = Part::whole;
      child.subject.via.push_back(builder().transform(one.transform));
      result = builder().choice(one.when, of(child, then.from, depth + 1, then.rewrites), result);
    }
    return result;
  }

  void by_rows(const RowData& rows, const Option& data, Next then, std::size_t depth,
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
                 verified());
    }
    for (std::size_t way = ways.ways.size(); way > 0; --way) {
      const auto& [lookup, subject] = ways.ways[way - 1];
      if (many) {
        add(made, builder().finds(lookup, subject), verified());
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
  Wanted wanted_;
  std::size_t rewritten_ = 0;
  // Redirect routers around the address that is verified.
  struct Handled {
    const Instance* router = nullptr;
    Operand address;
  };
  std::vector<Handled> handled_;
};

ConditionId verification(Lowering& to, const Operand& address, bool as_recipient,
                         const Scope& scope, Verification::Wanted wanted) {
  Scope inner = scope;
  inner.lists_domains = false;
  const auto purpose = as_recipient ? Purpose::verify_recipient : Purpose::verify_sender;
  return Verification(to, purpose, std::move(inner), wanted).of(address, 0, 0);
}

}  // namespace

policy::ConditionId is_routable(Lowering& to, const Operand& address, bool as_recipient,
                                const Scope& scope) {
  return verification(to, address, as_recipient, scope, Verification::Wanted::verified);
}

policy::ConditionId verification_defers(Lowering& to, const Operand& address, bool as_recipient,
                                        const Scope& scope) {
  const auto& routers = to.config.routers;
  const bool some = std::any_of(routers.begin(), routers.end(), [](const Instance& router) {
    return router.value("data").find(":defer:") != std::string_view::npos;
  });
  if (!some) return to.builder.constant(false);
  return verification(to, address, as_recipient, scope, Verification::Wanted::deferred);
}

}  // namespace relayproof::exim
