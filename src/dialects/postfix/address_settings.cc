#include "dialects/postfix/address_settings.h"

namespace relayproof::postfix {

AddressSettings address_settings(const Config& config) {
  AddressSettings settings;
  settings.version = config.version();
  const struct {
    std::string_view name;
    std::string& value;
  } texts[] = {
      {"myhostname", settings.myhostname},
      {"mydomain", settings.mydomain},
      {"myorigin", settings.myorigin},
      {"empty_address_recipient", settings.empty_address_recipient},
      {"recipient_delimiter", settings.recipient_delimiter},
  };
  for (const auto& text : texts) text.value = config.effective(text.name).text;
  const struct {
    std::string_view name;
    bool& value;
  } switches[] = {
      {"append_at_myorigin", settings.append_at_myorigin},
      {"append_dot_mydomain", settings.append_dot_mydomain},
      {"allow_percent_hack", settings.allow_percent_hack},
      {"swap_bangpath", settings.swap_bangpath},
      {"resolve_dequoted_address", settings.resolve_dequoted_address},
      {"resolve_null_domain", settings.resolve_null_domain},
      {"resolve_numeric_domain", settings.resolve_numeric_domain},
      {"allow_min_user", settings.allow_min_user},
      {"strict_rfc821_envelopes", settings.strict_rfc821_envelopes},
      {"smtputf8_enable", settings.smtputf8_enable},
  };
  // What is neither yes nor no stops Postfix; that is said where problems are.
  for (const auto& one : switches) {
    one.value = to_bool(config.effective(one.name).text).value_or(one.value);
  }
  return settings;
}

}  // namespace relayproof::postfix
