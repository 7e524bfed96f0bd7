// The names of the model's enumerators, as print() and traces show them.
#include <array>

#include "policy/decide.h"
#include "policy/fact.h"
#include "policy/rule.h"
#include "policy/table.h"

namespace relayproof::policy {
namespace {

template <std::size_t n, class Enum>
std::string_view name_in(const std::array<std::string_view, n>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view to_string(Field field) {
  static constexpr std::array<std::string_view, 7> names = {
      "client_name", "reverse_name", "helo", "sender", "recipient", "user", "header"};
  return name_in(names, field);
}

std::string_view to_string(Part part) {
  static constexpr std::array<std::string_view, 3> names = {"whole", "local", "domain"};
  return name_in(names, part);
}

std::string_view to_string(Flag flag) {
  static constexpr std::array<std::string_view, flag_count> names = {"tls",
                                                                     "authenticated",
                                                                     "certificate",
                                                                     "certificate_trusted",
                                                                     "certificate_listed",
                                                                     "several_recipients",
                                                                     "speaks_for_others",
                                                                     "sender_unqualified",
                                                                     "recipient_unqualified"};
  return name_in(names, flag);
}

std::string_view to_string(Key key) {
  static constexpr std::array<std::string_view, 12> names = {"whole",
                                                             "without_extension",
                                                             "domain",
                                                             "parents",
                                                             "dotted_parents",
                                                             "local_at",
                                                             "local_at_without_extension",
                                                             "local",
                                                             "local_without_extension",
                                                             "at_domain",
                                                             "host_parents",
                                                             "dotted_host_parents"};
  return name_in(names, key);
}

std::string_view to_string(Moment moment) {
  static constexpr std::array<std::string_view, 6> names = {"connect", "helo", "mail",
                                                            "rcpt",    "data", "end-of-data"};
  return name_in(names, moment);
}

std::string_view to_string(Step::Result result) {
  static constexpr std::array<std::string_view, 6> names = {"no match", "permit",  "reject",
                                                            "defer",    "unknown", "passed"};
  return name_in(names, result);
}

std::string_view to_string(Decision::Reply reply) {
  static constexpr std::array<std::string_view, 4> names = {"accept", "reject", "defer",
                                                            "undecided"};
  return name_in(names, reply);
}

}  // namespace relayproof::policy
