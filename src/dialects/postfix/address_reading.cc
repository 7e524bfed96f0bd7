#include "dialects/postfix/address_reading.h"

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "dialects/postfix/address_resolve.h"
#include "dialects/postfix/address_rewrite.h"
#include "dialects/postfix/wire_argument.h"

namespace relayproof::postfix {
namespace {

std::optional<std::string> read(Command command, std::string_view wire,
                                const AddressSettings& settings) {
  const auto argument = split_argument(wire);
  if (!argument) return std::nullopt;
  const bool takes_all =
      std::all_of(argument->parameters.begin(), argument->parameters.end(),
                  [&](const std::string& one) { return takes_parameter(command, one, settings); });
  if (!takes_all) return std::nullopt;
  const auto address = address_in(argument->address, settings);
  if (!address) return std::nullopt;
  if (address->empty()) return command == Command::mail ? address : std::nullopt;
  auto rewritten = rewrite_address(*address, settings);
  if (resolve_address(rewritten, settings).malformed) return std::nullopt;
  return rewritten;
}

// Words that aliases(5) takes for something else than an address.
bool is_delivery(std::string_view target) {
  return target.starts_with('|') || target.starts_with('/') || target.starts_with("\"|") ||
         target.starts_with("\"/") || starts_with_ignoring_case(target, ":include:");
}

std::string transformed(std::string_view name, std::string_view address,
                        const AddressSettings& settings) {
  if (name == transform_name::resolve) return to_lower(resolve_address(address, settings).address);
  if (name == transform_name::route) return resolve_address(address, settings).address;
  if (name == transform_name::quote) return quote_local(address);
  if (name == transform_name::complete) {
    const auto targets = addresses_of_row(address, "", settings);
    return targets.empty() ? std::string() : targets.front();
  }
  return std::string(address);
}

}  // namespace

std::optional<std::string> read_recipient(std::string_view wire, const AddressSettings& settings) {
  return read(Command::rcpt, wire, settings);
}

std::optional<std::string> read_sender(std::string_view wire, const AddressSettings& settings) {
  return read(Command::mail, wire, settings);
}

bool is_unqualified(std::string_view wire, const AddressSettings& settings) {
  const auto argument = split_argument(wire);
  const auto address = argument ? address_in(argument->address, settings) : std::nullopt;
  if (!address || address->empty()) return false;
  const auto at = address->rfind('@');
  const auto domain = at == std::string::npos ? "" : std::string_view(*address).substr(at + 1);
  return domain.find('.') == std::string_view::npos && !domain.starts_with('[');
}

std::string spell_address(std::string_view internal) {
  return internal.empty() ? "<>" : "<" + quote_local(internal) + ">";
}

std::vector<std::string> addresses_of_row(std::string_view value, std::string_view address,
                                          const AddressSettings& settings) {
  std::string text(trim(value));
  if (is_delivery(text)) return {text};
  if (text.starts_with('@')) {
    text.insert(0, address.substr(0, address.rfind('@')));
    // Before 3.2 what is copied was not quoted again.
    if (settings.version >= Version{3, 2}) text = quote_local(text);
  }
  if (text.empty() || text == "<>") text = "\"\"";
  std::vector<std::string> targets;
  for (const auto& tokens : parse_address_list(text).addresses) {
    auto target = external_form(tokens, Blanks::none);
    targets.push_back(is_delivery(target) ? target : rewrite_external(target, settings));
  }
  return targets;
}

policy::Addresses make_addresses(AddressSettings settings) {
  const auto shared = std::make_shared<const AddressSettings>(std::move(settings));
  policy::Addresses addresses;
  addresses.read_sender = [shared](std::string_view wire) { return read_sender(wire, *shared); };
  addresses.read_recipient = [shared](std::string_view wire) {
    return read_recipient(wire, *shared);
  };
  addresses.is_unqualified = [shared](std::string_view wire) {
    return is_unqualified(wire, *shared);
  };
  addresses.spell = [](std::string_view address) { return spell_address(address); };
  addresses.transform = [shared](std::string_view name, std::string_view address) {
    return transformed(name, address, *shared);
  };
  addresses.targets = [shared](std::string_view value, std::string_view recipient) {
    return addresses_of_row(value, recipient, *shared);
  };
  return addresses;
}

}  // namespace relayproof::postfix
