// The catalogue of Postfix's parameters: of which kind each one is, since when and until when it
// exists, its default, and whether it can matter to the question who may relay (postconf(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/host.h"

namespace relayproof::postfix {

/// What a line of a configuration means to us. Only the first two permit *closed*.
enum class Support : std::uint8_t {
  understood,    ///< its value takes part in the answer
  irrelevant,    ///< known, and without influence on who may relay and where mail goes
  unsupported,   ///< known, may matter, and we do not follow it
  unrecognised,  ///< not known
};
std::string_view to_string(Support support);

/// How Postfix reads a value.
enum class Kind : std::uint8_t {
  string,   ///< with $name expanded
  raw,      ///< as it stands: $name is expanded later, by other rules
  boolean,  ///< yes or no
  integer,
  seconds,  ///< a number with a unit
};

/// A parameter, or its state in a range of versions where its default changed.
struct Parameter {
  std::string_view name;
  Kind kind;
  Support support;
  Version since;
  Version until;
  int least;  ///< the shortest string, or the smallest number; 0: Postfix does not check
  /// Before expansion. Empty also where the machine decides: myhostname, mydomain, mynetworks,
  /// mail_version.
  std::string_view default_text;

  bool exists_in(const Version& version) const { return since <= version && version <= until; }
  /// For seconds: the unit of a number without one, which is that of the default.
  char unit() const { return default_text.empty() ? 's' : default_text.back(); }
};

/// The row for this name in this version; null if that version has no such parameter.
const Parameter* find_parameter(std::string_view name, const Version& version);

/// Any row for this name, of whichever version; null if there is none.
const Parameter* find_parameter(std::string_view name);

/// Every row, sorted by name.
std::span<const Parameter> all_parameters();

/// Names whose first part is a service or table: `relay_destination_concurrency_limit`,
/// `policy_time_limit`, `ldapusers_server_host`. None of them matters to relaying.
bool is_per_service_name(std::string_view name);

/// The known name nearest to a misspelt one: at most two letters added, dropped, changed or two
/// neighbours exchanged, and no more than a third of its length; nullopt if there is none.
std::optional<std::string_view> nearest_parameter(std::string_view name);

/// Parameters in the order in which a program of Postfix reads them. A `$name` whose parameter is
/// not set anywhere is the default only if the default was read before; else it is empty
/// (src/global/mail_conf_str.c).
class LoadOrder {
 public:
  static constexpr std::size_t everything = static_cast<std::size_t>(-1);

  /// Of this program (`smtpd`, `cleanup`, `trivial-rewrite`, `qmgr`, `local`, `postscreen`,
  /// `qmqpd`); nullopt for one whose order is not written down.
  static std::optional<LoadOrder> of_program(std::string_view program);
  /// Of the program that reads this parameter: smtpd where several do, and for names that Postfix
  /// does not know (restriction classes).
  static std::optional<LoadOrder> of_reader(std::string_view parameter);

  /// The place of a name, counted from 0; nullopt if the program does not read it.
  std::optional<std::size_t> place(std::string_view name) const;

 private:
  std::span<const std::string_view> own_;
};

}  // namespace relayproof::postfix
