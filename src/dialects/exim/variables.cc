#include "dialects/exim/variables.h"

#include <array>
#include <cctype>

#include "base/text.h"

namespace relayproof::exim {
namespace {

using policy::Field;
using policy::Part;

Text part_of_attempt(policy::Subject subject) {
  Text text;
  text.pieces.push_back({"", Piece::Special::none, std::move(subject), {}});
  return text;
}

Text special(Piece::Special which) {
  Text text;
  text.pieces.push_back({"", which, {}, {}});
  return text;
}

Text of_operand(const Operand& operand) {
  return operand.fixed ? Text::of(*operand.fixed) : part_of_attempt(operand.subject);
}

struct Named {
  std::string_view name;
  Part part;
};
constexpr auto of_address = std::to_array<Named>({{"local_part", Part::local},
                                                  {"domain", Part::domain},
                                                  {"local_part_data", Part::local},
                                                  {"domain_data", Part::domain},
                                                  {"original_local_part", Part::local},
                                                  {"original_domain", Part::domain}});
constexpr auto of_sender = std::to_array<Named>({{"sender_address", Part::whole},
                                                 {"return_path", Part::whole},
                                                 {"sender_address_domain", Part::domain},
                                                 {"sender_address_local_part", Part::local}});

struct OfSession {
  std::string_view name;
  Field field;
};
constexpr auto of_session = std::to_array<OfSession>({{"sender_helo_name", Field::helo},
                                                      {"sender_host_name", Field::client_name},
                                                      {"authenticated_id", Field::user}});

struct Fixed {
  std::string_view name;
  std::string_view text;
};
constexpr auto fixed = std::to_array<Fixed>({{"value", ""}});

template <class Table>
const auto* find(const Table& table, std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return &row;
  }
  return static_cast<decltype(&table.front())>(nullptr);
}

Text capture(const Captured& captured, std::size_t group) {
  Text text = part_of_attempt(captured.subject);
  text.pieces.front().capture = Piece::Capture{captured.pattern, group};
  text.pieces.front().change = [pattern = captured.pattern, group](std::string_view of) {
    const auto captures = pattern.captures(of);
    return group < captures.size() ? captures[group].value_or("") : std::string();
  };
  return text;
}

}  // namespace

Text variable(Lowering& to, std::string_view name, const Scope& scope) {
  const auto given = scope.given.find(name);
  if (given != scope.given.end()) return Text::of(given->second);
  if (name == "value" && scope.value) return Text::of(*scope.value);
  if (const auto* found = find(of_address, name)) {
    return scope.address ? of_operand(scope.address->part(found->part)) : Text{};
  }
  if (const auto* found = find(of_sender, name)) {
    if (!scope.has_sender || scope.sender_is_empty) return {};
    return part_of_attempt({Field::sender, found->part, {}});
  }
  const bool too_early = (name == "sender_helo_name" && !scope.has_helo) ||
                         (name == "authenticated_id" && !scope.has_login) ||
                         (name == "sender_host_authenticated" && !scope.has_login);
  if (too_early) return {};
  if (const auto* found = find(of_session, name)) {
    return part_of_attempt({found->field, Part::whole, {}});
  }
  if (name == "sender_host_address") return special(Piece::Special::client);
  if (name == "sender_host_authenticated") return special(Piece::Special::login);
  if (name == "tls_cipher" || name == "tls_in_cipher") {
    const bool at_once = !to.config.value("tls_on_connect_ports").empty();
    return scope.has_helo || at_once ? special(Piece::Special::cipher) : Text{};
  }
  if (name == "received_port" || name == "interface_port") {
    return Text::of(std::to_string(scope.port));
  }
  if (name == "primary_hostname" || name == "smtp_active_hostname") {
    return Text::of(to.primary_hostname());
  }
  if (name == "qualify_domain") return Text::of(to.qualify_domain(false));
  if (name == "qualify_recipient") return Text::of(to.qualify_domain(true));
  if (const auto* found = find(fixed, name)) return Text::of(std::string(found->text));
  if (name.size() == 1 && std::isdigit(static_cast<unsigned char>(name[0])) != 0 &&
      scope.captured) {
    return capture(*scope.captured, static_cast<std::size_t>(name[0] - '0'));
  }
  return Text::hidden("$" + std::string(name) + " is not in the configuration", {});
}

std::string substituted(const patterns::Pattern& pattern, std::string_view replacement,
                        std::string_view text) {
  std::string result;
  std::string rest(text);
  for (std::size_t round = 0; round < 1000 && !rest.empty(); ++round) {
    const auto captures = pattern.captures(rest);
    if (captures.empty() || !captures[0] || captures[0]->empty()) break;
    const auto at = rest.find(*captures[0]);
    result += rest.substr(0, at);
    for (std::size_t i = 0; i < replacement.size(); ++i) {
      const bool group = replacement[i] == '$' && i + 1 < replacement.size() &&
                         std::isdigit(static_cast<unsigned char>(replacement[i + 1])) != 0;
      if (!group) {
        result += replacement[i];
        continue;
      }
      const auto index = static_cast<std::size_t>(replacement[++i] - '0');
      if (index < captures.size()) result += captures[index].value_or("");
    }
    rest.erase(0, at + captures[0]->size());
  }
  return result + rest;
}

}  // namespace relayproof::exim
