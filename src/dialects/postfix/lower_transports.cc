#include "dialects/postfix/lower_transports.h"

#include <array>
#include <functional>
#include <map>

#include "base/text.h"
#include "dialects/postfix/lower_tables.h"

namespace relayproof::postfix {
namespace {

using policy::ConditionId;

struct Program {
  std::string_view command;
  Delivery delivery;
};
constexpr std::array programs{
    Program{"local", Delivery::local},
    Program{"virtual", Delivery::mailboxes},
    Program{"discard", Delivery::discarded},
};

// Services that Postfix knows by their names, whatever runs there.
constexpr std::array special{
    Program{"error", Delivery::refused},
    Program{"retry", Delivery::retried},
};

constexpr std::size_t deliveries = 7;

// One result for each delivery, one for rows that leave the transport alone. Results that look the
// same must not become one: conditions ask which of them it was.
struct Results {
  std::array<std::uint32_t, deliveries> of{};
  std::uint32_t unchanged = 0;
  std::map<std::string, std::uint32_t, std::less<>> bounces;  // by the row's text
};

Results results_for(PolicyBuilder& builder) {
  Results results;
  for (std::size_t i = 0; i < deliveries; ++i) {
    results.of[i] = builder.named_result("transport " + std::to_string(i));
  }
  results.unchanged = builder.named_result("transport unchanged");
  return results;
}

std::uint32_t bounce(PolicyBuilder& builder, Results& results, std::string_view text) {
  const auto mark = builder.mark("transport " + std::string(text), policy::Mark::Life::recipient);
  return results.bounces.try_emplace(std::string(text), builder.result(policy::SetMark{mark}))
      .first->second;
}

ResultOf result_of_row(PolicyBuilder& builder, const Config& config, Results& results) {
  return [&](const RowValue& row) {
    const bool is_unchanged = row.text.substr(0, row.text.find(':')).empty();
    if (is_unchanged) return results.unchanged;
    const auto delivery = delivery_of(config, row.text);
    const bool bounces = delivery == Delivery::refused || delivery == Delivery::retried;
    return bounces ? bounce(builder, results, row.text)
                   : results.of[static_cast<std::size_t>(delivery)];
  };
}

// The row `*`, which is asked last (up to 3.9 it stands for every address).
std::optional<std::uint32_t> wildcard(const PolicyBuilder& builder, const LoweredSearch& search) {
  const auto match =
      policy::find(builder.policy().tables, {search.lookup.tables, {policy::Key::whole}, ""}, "*");
  return match ? std::optional(match->row.result) : std::nullopt;
}

}  // namespace

Delivery delivery_of(const Config& config, std::string_view transport) {
  const auto colon = transport.find(':');
  const auto name = transport.substr(0, colon);
  const auto nexthop =
      colon == std::string_view::npos ? std::string_view() : transport.substr(colon + 1);
  for (const auto& one : special) {
    if (name == one.command) return one.delivery;
  }
  const auto* service = config.service(name, Service::Type::unix_stream);
  const std::string_view command = service ? std::string_view(service->command) : name;
  for (const auto& one : programs) {
    if (command == one.command) return one.delivery;
  }
  const bool is_socket = command == "lmtp" && nexthop.starts_with("unix:");
  return is_socket ? Delivery::here : Delivery::handed_on;
}

Transports lower_transports(PolicyBuilder& builder, TableShelf& shelf,
                            const policy::Subject& address) {
  const auto& config = shelf.config();
  auto results = results_for(builder);
  const auto names = [&](std::string_view parameter) {
    return table_names(config.effective(parameter).text, config.version());
  };
  const auto rows = lower_search(builder, shelf, names("transport_maps"), Search::transport,
                                 address, result_of_row(builder, config, results));
  const auto moved = lower_search(
      builder, shelf, names("relocated_maps"), Search::address, address,
      [&](const RowValue&) { return builder.result(policy::Nothing{}); }, Literals::alike);

  Transports transports;
  transports.fails = builder.any({rows.fails, moved.fails});
  transports.moved = moved.finds;
  const auto fallback = wildcard(builder, rows);
  const auto when_result = [&](std::uint32_t result) {
    const auto row = gives(builder, rows, {result});
    return fallback == result ? builder.any({row, builder.negation(rows.finds)}) : row;
  };
  const auto when = [&](Delivery delivery) {
    return when_result(results.of[static_cast<std::size_t>(delivery)]);
  };
  std::vector<ConditionId> refused;
  std::vector<ConditionId> retried;
  for (const auto& [text, result] : results.bounces) {
    transports.bounces.push_back({when_result(result), text});
    const bool refuses = delivery_of(config, text) == Delivery::refused;
    (refuses ? refused : retried).push_back(transports.bounces.back().when);
  }
  transports.refused = builder.any(std::move(refused));
  transports.retried = builder.any(std::move(retried));
  transports.discarded = when(Delivery::discarded);
  transports.local = when(Delivery::local);
  transports.mailboxes = when(Delivery::mailboxes);
  transports.here = when(Delivery::here);
  transports.handed_on = when(Delivery::handed_on);
  transports.decides =
      builder.any({transports.refused, transports.retried, transports.discarded, transports.local,
                   transports.mailboxes, transports.here, transports.handed_on});
  return transports;
}

ConditionId default_class_ends(PolicyBuilder& builder, TableShelf& shelf) {
  const auto& config = shelf.config();
  const auto ends = [&](std::string_view transport) {
    return delivery_of(config, transport) != Delivery::handed_on;
  };
  const bool otherwise = ends(config.effective("default_transport").text);
  const auto names = table_names(config.effective("sender_dependent_default_transport_maps").text,
                                 config.version());
  if (names.empty()) return builder.constant(otherwise);
  const auto yes = builder.named_result("default transport ends");
  const auto no = builder.named_result("default transport hands on");
  const auto result_of = [&](const RowValue& row) {
    const bool is_default = row.text.empty() || equals_ignoring_case(row.text, "dunno");
    return (is_default ? otherwise : ends(row.text)) ? yes : no;
  };
  const auto sender = PolicyBuilder::rewritten(policy::Field::sender);
  const auto search = lower_search(builder, shelf, names, Search::address, sender, result_of);
  // Rows that we cannot see can hand it on.
  if (!search.hidden.empty()) return builder.constant(false);
  const auto none = otherwise ? builder.negation(search.finds) : builder.constant(false);
  const auto is_there = builder.matches("a sender", ".", sender);
  const auto key = config.effective("empty_address_default_transport_maps_lookup_key").text;
  const auto null_row = policy::find(builder.policy().tables, search.lookup, key);
  const bool null_ends = null_row ? null_row->row.result == yes : otherwise;
  return builder.any({builder.all({is_there, builder.any({gives(builder, search, {yes}), none})}),
                      builder.all({builder.negation(is_there), builder.constant(null_ends)})});
}

}  // namespace relayproof::postfix
