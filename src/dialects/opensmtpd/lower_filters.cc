#include "dialects/opensmtpd/lower_filters.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.h"

namespace relayproof::opensmtpd {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Moment;
using Power = policy::Question::Power;

// At HELO a client chooses between two commands, and so between two phases.
constexpr std::array<std::pair<std::string_view, Moment>, 7> moments = {
    {{"connect", Moment::connect},
     {"helo", Moment::helo},
     {"ehlo", Moment::helo},
     {"mail-from", Moment::mail},
     {"rcpt-to", Moment::rcpt},
     {"data", Moment::data},
     {"commit", Moment::end_of_data}}};

// IMSG_FILTER_SMTP_PROTOCOL in smtp_session.c: what is no refusal becomes a 421.
int code_of(const std::string& reply) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool valid = reply.size() >= 5 && (reply[0] == '4' || reply[0] == '5') &&
                     is_digit(reply[1]) && is_digit(reply[2]) && reply[3] == ' ';
  if (!valid) return 421;
  return 100 * (reply[0] - '0') + 10 * (reply[1] - '0') + (reply[2] - '0');
}

std::string enhanced_of(const std::string& reply) {
  const auto parts = words(reply);
  if (code_of(reply) == 421 || parts.size() < 2) return {};
  const auto numbers = split(parts[1], '.');
  const bool good =
      numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(), [](auto number) {
        return !number.empty() && number.size() <= 3 &&
               number.find_first_not_of("0123456789") == std::string_view::npos;
      });
  return good ? std::string(parts[1]) : std::string();
}

class Filters {
 public:
  Filters(Scope& scope, const Listen& listen) : scope_(scope), builder_(scope.builder) {
    for (const auto& name : listen.filters) collect(name);
  }

  std::vector<policy::Stage> run() {
    std::vector<policy::Stage> stages;
    for (const auto moment : {Moment::connect, Moment::helo, Moment::mail, Moment::rcpt,
                              Moment::data, Moment::end_of_data}) {
      const auto list = builder_.list("filters at " + std::string(to_string(moment)));
      for (const auto* filter : filters_) add(*filter, moment, list);
      if (builder_.policy().lists[list].rules.empty()) continue;
      stages.push_back({moment, "filter", list, false});
    }
    return stages;
  }

 private:
  void collect(const std::string& name) {
    for (const auto& filter : scope_.config.filters) {
      if (filter.name != name) continue;
      if (filter.what == Filter::What::chain) {
        for (const auto& each : filter.chain) {
          if (each != name) collect(each);
        }
      } else {
        filters_.push_back(&filter);
      }
    }
  }

  void add(const Filter& filter, Moment moment, policy::ListId list) {
    const auto origin = builder_.origin(filter.place, "filter " + filter.name);
    if (filter.what == Filter::What::program) {
      if (moment != Moment::rcpt) return;
      // It can only refuse: what it rewrites meets the rules as if the client had said it.
      builder_.rule(list, question(filter, origin, Power::screen, "its program decides"),
                    policy::Refuse{{550, ""}}, origin, "filter " + filter.name);
      return;
    }
    const auto* const found = std::find_if(moments.begin(), moments.end(), [&](const auto& each) {
      return each.first == filter.phase;
    });
    if (found == moments.end() || found->second != moment) return;
    add_builtin(filter, list, origin);
  }

  void add_builtin(const Filter& filter, policy::ListId list, policy::OriginId origin) {
    auto when = condition(filter, origin);
    if (filter.does == "report") return;
    if (filter.does == "rewrite") {
      scope_.notes.push_back({filter.place, "what a filter rewrites is not followed", true});
      return;
    }
    const bool refuses = filter.does == "reject" || filter.does == "disconnect";
    const bool avoidable = filter.phase == "helo" || filter.phase == "ehlo";
    if (avoidable) {
      const auto* other = filter.phase == "helo" ? "EHLO" : "HELO";
      const auto does = question(filter, origin, refuses ? Power::screen : Power::any,
                                 std::string("who says ") + other + " is not asked");
      when = builder_.all({when, does});
    }
    if (refuses) {
      builder_.rule(list, when, policy::Refuse{{code_of(filter.reply), enhanced_of(filter.reply)}},
                    origin, filter.place.text);
    } else {
      builder_.rule(list, when, policy::Permit{}, origin, filter.place.text);
    }
  }

  ConditionId question(const Filter& filter, policy::OriginId origin, Power power,
                       std::string says) {
    policy::Question question;
    question.name = "filter " + filter.name;
    question.origin = origin;
    question.power = power;
    question.says = std::move(says);
    return builder_.unknown(std::move(question),
                            {subject_of(Field::sender), subject_of(Field::recipient)});
  }

  ConditionId turned(ConditionId id, const Filter& filter) {
    return filter.test.negated ? builder_.negation(id) : id;
  }

  ConditionId condition(const Filter& filter, policy::OriginId origin) {
    if (filter.asks == "fcrdns") return turned(builder_.present(Field::client_name), filter);
    if (filter.asks == "src") {
      return turned(scope_.tables.client_in(*filter.test.table, filter.test.regex), filter);
    }
    if (filter.asks == "rdns") return reverse_name(filter);
    if (filter.asks == "helo") return finds(filter, Ask::name, Field::helo);
    if (filter.asks == "auth") return login(filter);
    const auto field = filter.asks == "mail-from" ? Field::sender : Field::recipient;
    // It sees the path as it was sent, source route and all, which patterns may tell apart.
    if (filter.test.regex) {
      return question(filter, origin, Power::any, "patterns for an unread path are not followed");
    }
    if (field == Field::sender) {
      return turned(scope_.tables.finds_sender(*filter.test.table, false), filter);
    }
    return finds(filter, Ask::address, field);
  }

  ConditionId finds(const Filter& filter, Ask ask, Field field) {
    return turned(
        scope_.tables.finds(*filter.test.table, ask, filter.test.regex, subject_of(field), false),
        filter);
  }

  // A name that reads as an address counts as none.
  ConditionId reverse_name(const Filter& filter) {
    const auto name = subject_of(Field::reverse_name);
    const auto has_name = builder_.present(Field::reverse_name);
    if (!filter.test.table) {
      const auto numeric = builder_.matches("^[0-9.]+(/[0-9]+)?$", name);
      return turned(builder_.all({has_name, builder_.negation(numeric)}), filter);
    }
    const auto id = *filter.test.table;
    const auto none = scope_.tables.has(id, Ask::name, filter.test.regex, "<unknown>");
    const auto listed = scope_.tables.finds(id, Ask::name, filter.test.regex, name, false);
    const auto without =
        builder_.all({builder_.negation(has_name), builder_.constant(none.value_or(false))});
    return turned(builder_.any({builder_.all({has_name, listed}), without}), filter);
  }

  ConditionId login(const Filter& filter) {
    const auto logged_in = builder_.all(
        {builder_.is_set(policy::Flag::tls), builder_.is_set(policy::Flag::authenticated)});
    if (!filter.test.table) return turned(logged_in, filter);
    const auto listed = scope_.tables.finds(*filter.test.table, Ask::text, filter.test.regex,
                                            subject_of(Field::user), false);
    return turned(builder_.all({logged_in, listed}), filter);
  }

  Scope& scope_;
  PolicyBuilder& builder_;
  std::vector<const Filter*> filters_;
};

}  // namespace

std::vector<policy::Stage> lower_filters(Scope& scope, const Listen& listen) {
  return Filters(scope, listen).run();
}

}  // namespace relayproof::opensmtpd
