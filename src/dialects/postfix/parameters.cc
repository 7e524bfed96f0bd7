#include "dialects/postfix/parameters.h"

#include <algorithm>
#include <iterator>

#include "dialects/postfix/parameters_table.h"

namespace relayproof::postfix {
namespace {

std::span<const Parameter> rows_of(std::string_view name) {
  const auto rows = all_parameters();
  const auto first = std::ranges::lower_bound(rows, name, {}, &Parameter::name);
  const auto last =
      std::find_if(first, rows.end(), [&](const auto& row) { return row.name != name; });
  return {first, last};
}

// postconf(5), "transport_destination_concurrency_limit" and the like.
constexpr std::string_view service_suffixes[] = {
    "_delivery_slot_cost",
    "_delivery_slot_discount",
    "_delivery_slot_loan",
    "_destination_concurrency_failed_cohort_limit",
    "_destination_concurrency_limit",
    "_destination_concurrency_negative_feedback",
    "_destination_concurrency_positive_feedback",
    "_destination_rate_delay",
    "_destination_recipient_limit",
    "_extra_recipient_limit",
    "_initial_destination_concurrency",
    "_minimum_delivery_slots",
    "_recipient_limit",
    "_recipient_refill_delay",
    "_recipient_refill_limit",
    "_time_limit",
    "_transport_rate_delay",
};

// The smallest number of single-letter edits, neighbours exchanged counting as one, from a to b,
// or more than `limit` if it is more.
std::size_t edits(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string_view to_string(Support support) {
  constexpr std::string_view names[] = {"understood", "irrelevant", "unsupported", "unrecognised"};
  return names[static_cast<std::uint8_t>(support)];
}

const Parameter* find_parameter(std::string_view name, const Version& version) {
  for (const Parameter& row : rows_of(name)) {
    if (row.exists_in(version)) return &row;
  }
  return nullptr;
}

const Parameter* find_parameter(std::string_view name) {
  const auto rows = rows_of(name);
  return rows.empty() ? nullptr : &rows.front();
}

bool is_per_service_name(std::string_view name) {
  return std::ranges::any_of(service_suffixes, [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

std::optional<std::string_view> nearest_parameter(std::string_view name) {
  const std::size_t limit = std::min<std::size_t>(2, name.size() / 3);
  std::size_t least = limit + 1;
  std::optional<std::string_view> nearest;
  for (const Parameter& row : all_parameters()) {
    const std::size_t distance = edits(name, row.name, limit);
    if (distance >= least) continue;
    least = distance;
    nearest = row.name;
  }
  return nearest;
}

std::optional<LoadOrder> LoadOrder::of_program(std::string_view program) {
  for (const Program& known : all_programs()) {
    if (known.name != program) continue;
    LoadOrder order;
    order.own_ = known.reads;
    return order;
  }
  return std::nullopt;
}

std::optional<LoadOrder> LoadOrder::of_reader(std::string_view parameter) {
  if (contains(read_by_all_programs(), parameter)) return LoadOrder{};
  if (find_parameter(parameter) == nullptr) return of_program("smtpd");
  for (const Program& program : all_programs()) {
    if (contains(program.reads, parameter)) return of_program(program.name);
  }
  return std::nullopt;
}

std::optional<std::size_t> LoadOrder::place(std::string_view name) const {
  const auto shared = read_by_all_programs();
  for (const auto& [names, offset] : {std::pair{shared, std::size_t{0}}, {own_, shared.size()}}) {
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) {
      return offset + static_cast<std::size_t>(std::distance(names.begin(), found));
    }
  }
  return std::nullopt;
}

}  // namespace relayproof::postfix
