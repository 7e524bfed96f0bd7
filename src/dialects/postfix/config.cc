#include "dialects/postfix/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "dialects/postfix/defaults.h"
#include "dialects/postfix/expand.h"
#include "dialects/postfix/parameters.h"
#include "dialects/postfix/syntax.h"

namespace relayproof::postfix {
namespace {

// Of several -o for one name the last counts.
SettingPtr override_of(const Service& service, std::string_view name) {
  const auto last = std::find_if(service.overrides.rbegin(), service.overrides.rend(),
                                 [&](const SettingPtr& setting) { return setting->name == name; });
  return last == service.overrides.rend() ? nullptr : *last;
}

// A command line of the master daemon has `-o stress=` in front of the service's own arguments,
// where strangers can reach the service and it has several processes.
bool has_stress(const Service& service) {
  const bool local = service.type != Service::Type::inet && service.type != Service::Type::pass;
  return !local && service.process_limit.value_or(2) > 1;
}

const Value::Piece* piece_at(const Value& value, std::size_t offset) {
  const auto after = std::ranges::upper_bound(value.pieces, offset, {}, &Value::Piece::begin);
  if (after == value.pieces.begin()) return nullptr;
  const Value::Piece& piece = *std::prev(after);
  return offset < piece.end ? &piece : nullptr;
}

// Seconds in a unit of time.
std::optional<long> unit_length(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 604800;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string_view to_string(Provenance provenance) {
  constexpr std::string_view names[] = {"default", "host", "main.cf", "master.cf"};
  return names[static_cast<std::uint8_t>(provenance)];
}

std::string_view to_string(Service::Type type) {
  constexpr std::string_view names[] = {"inet", "unix", "unix-dgram", "fifo", "pass"};
  return names[static_cast<std::uint8_t>(type)];
}

std::string Service::id() const { return name + ' ' + std::string(to_string(type)); }

SourceRange Setting::locate(std::size_t offset) const {
  return lines.empty() ? where : place_at(lines, std::min(offset, text.size()));
}

SourceRange Value::locate(std::size_t offset) const {
  const Piece* piece = piece_at(*this, offset);
  if (piece == nullptr) return setting->where;
  return piece->setting->locate(piece->offset + (piece->copied ? offset - piece->begin : 0));
}

const Setting& Value::written_in(std::size_t offset) const {
  const Piece* piece = piece_at(*this, offset);
  return piece == nullptr ? *setting : *piece->setting;
}

std::optional<bool> to_bool(std::string_view text) {
  if (equals_ignoring_case(text, "yes")) return true;
  if (equals_ignoring_case(text, "no")) return false;
  return std::nullopt;
}

std::optional<long> to_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  long number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<long> to_seconds(std::string_view text, char default_unit) {
  long number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0 || end - stop > 1) return std::nullopt;
  const std::optional<long> length = unit_length(stop == end ? default_unit : *stop);
  if (!length || number > 0x7fffffffL / *length) return std::nullopt;
  return number * *length;
}

Value Config::effective(std::string_view name) const {
  return with_origin(value_of(nullptr, name, Load::normal));
}

Value Config::effective(const Service& service, std::string_view name) const {
  return with_origin(value_of(&service, name, Load::normal));
}

Value Config::effective_under_stress(const Service& service, std::string_view name) const {
  return with_origin(value_of(&service, name, Load::stress));
}

// What is set for a name; null if nothing is.
SettingPtr Config::written(const Service* service, std::string_view name, Load load) const {
  if (service != nullptr) {
    if (SettingPtr found = override_of(*service, name)) return found;
    if (name == "stress" && has_stress(*service)) {
      return default_setting(name, load == Load::stress ? "yes" : "", Provenance::built_in);
    }
    if (name == "service_name") return default_setting(name, service->name, Provenance::built_in);
    if (name == "process_name")
      return default_setting(name, service->command, Provenance::built_in);
  }
  SettingPtr found = find(name);
  if (found == nullptr && name == "config_directory") {
    return default_setting(name, folder_, Provenance::host);
  }
  return found;
}

SettingPtr Config::default_of(const Service* service, const Parameter& parameter) const {
  const auto made_of_host = [&](std::string_view text) {
    return default_setting(parameter.name, text, Provenance::host);
  };
  if (parameter.name == "myhostname") {
    const std::string name = host_.hostname.value_or("localhost");
    std::optional<std::string> domain;
    if (name.find('.') == std::string::npos && written(service, "mydomain", Load::normal)) {
      // At that moment myhostname itself is not known.
      const std::optional<std::size_t> horizon = LoadOrder{}.place("myhostname");
      domain = value_of(service, "mydomain", Load::normal, horizon).text;
    }
    return made_of_host(default_hostname(name, domain));
  }
  if (parameter.name == "mydomain") {
    return made_of_host(default_domain(value_of(service, "myhostname", Load::normal).text));
  }
  if (parameter.name == "mynetworks") return made_of_host(networks_of(service));
  if (parameter.name == "mail_version") {
    return made_of_host(host_.mta_version.value_or(std::to_string(version_.major) + '.' +
                                                   std::to_string(version_.minor)));
  }
  return default_setting(parameter.name, parameter.default_text, Provenance::built_in);
}

Value Config::value_of(const Service* service, std::string_view name, Load load,
                       std::optional<std::size_t> horizon) const {
  std::optional<LoadOrder> order;
  if (service != nullptr) order = LoadOrder::of_program(service->command);
  if (!order || (!order->place(name) && find_parameter(name) != nullptr)) {
    order = LoadOrder::of_reader(name);
  }
  const auto place = [&](std::string_view wanted) {
    return order ? order->place(wanted) : std::optional<std::size_t>(LoadOrder::everything);
  };
  const LookupFunction lookup = [&](std::string_view wanted, std::size_t seen) -> Lookup {
    if (SettingPtr setting = written(service, wanted, load)) return {setting, seen};
    const Parameter* parameter = find_parameter(wanted, version_);
    const std::optional<std::size_t> read_at = place(wanted);
    if (parameter == nullptr || !read_at) return {};
    if (*read_at >= seen && seen != LoadOrder::everything) return {};
    return {default_of(service, *parameter), *read_at};
  };
  const std::size_t own_place = horizon.value_or(place(name).value_or(LoadOrder::everything));
  const Parameter* parameter = find_parameter(name, version_);
  SettingPtr setting = written(service, name, load);
  if (setting == nullptr) {
    setting = parameter == nullptr ? default_setting(name, {}, Provenance::built_in)
                                   : default_of(service, *parameter);
  }
  if (parameter != nullptr && parameter->kind == Kind::raw) return unexpanded(setting);
  return expand(setting, own_place, ExpandRules::of(version_), lookup);
}

// Debian's Postfix reads myorigin from a file where it begins with a slash; references to
// $myorigin are not affected.
Value Config::with_origin(Value value) const {
  if (origin_ == nullptr || value.setting->name != "myorigin" || !value.text.starts_with('/')) {
    return value;
  }
  Value origin = unexpanded(origin_);
  origin.uses.insert(origin.uses.end(), value.uses.begin(), value.uses.end());
  return origin;
}

SettingPtr Config::find(std::string_view name) const {
  const auto found = last_.find(name);
  return found == last_.end() ? nullptr : found->second;
}

const Service* Config::service(std::string_view name, Service::Type type) const {
  const auto last = std::find_if(services_.rbegin(), services_.rend(), [&](const Service& service) {
    return service.type == type && service.name == name && !service.is_disabled;
  });
  return last == services_.rend() ? nullptr : &*last;
}

bool Config::compatible_with(std::string_view level) const {
  const long here = level_number(effective("compatibility_level").text);
  return version_ >= Version{3, 0} && here >= 0 && here >= level_number(level);
}

}  // namespace relayproof::postfix
