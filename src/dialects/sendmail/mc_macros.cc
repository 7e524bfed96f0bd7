#include "dialects/sendmail/mc_macros.h"

#include <algorithm>
#include <array>

namespace relayproof::sendmail {
namespace {

constexpr auto vocabulary = std::to_array<Macro>({
    {"CANONIFY_DOMAIN", "Canonify"},
    {"CANONIFY_DOMAIN_FILE", "Canonify", true},
    {"CLIENT_OPTIONS"},
    {"DAEMON_OPTIONS", {}, false, 0, true},
    {"DOMAIN", {}, false, 0, true},
    {"EXPOSED_USER", "E"},
    {"EXPOSED_USER_FILE", "E", true},
    {"FEATURE", {}, false, 0, true},
    {"GENERICS_DOMAIN", "G"},
    {"GENERICS_DOMAIN_FILE", "G", true},
    {"HACK", {}, false, 0, true},
    {"INPUT_MAIL_FILTER", {}, false, 0, true},
    {"LDAPROUTE_DOMAIN", "LDAPRoute"},
    {"LDAPROUTE_DOMAIN_FILE", "LDAPRoute", true},
    {"LDAPROUTE_EQUIVALENT", "LDAPRouteEquiv"},
    {"LDAPROUTE_EQUIVALENT_FILE", "LDAPRouteEquiv", true},
    {"LOCAL_CLT_FEATURES", {}, false, to_nowhere_here},
    {"LOCAL_CONFIG", {}, false, to_config},
    {"LOCAL_DNSBL", {}, false, to_nowhere_here},
    {"LOCAL_DOMAIN", "w"},
    {"LOCAL_NET_CONFIG", {}, false, to_nowhere_here},
    {"LOCAL_RULESETS", {}, false, to_rule_sets},
    {"LOCAL_RULE_0", {}, false, to_address_rules},
    {"LOCAL_RULE_1", {}, false, to_nowhere_here},
    {"LOCAL_RULE_2", {}, false, to_nowhere_here},
    {"LOCAL_RULE_3", {}, false, to_address_rules},
    {"LOCAL_SRV_FEATURES", {}, false, to_nowhere_here},
    {"LOCAL_TLS_CLIENT", {}, false, to_nowhere_here},
    {"LOCAL_TLS_RCPT", {}, false, to_nowhere_here},
    {"LOCAL_TLS_SERVER", {}, false, to_nowhere_here},
    {"LOCAL_TRY_TLS", {}, false, to_nowhere_here},
    {"LOCAL_USER", "L"},
    {"LOCAL_USER_FILE", "L", true},
    {"LOCAL_UUCP", {}, false, to_nowhere_here},
    {"MAILER"},
    {"MAILER_DEFINITIONS", {}, false, to_nowhere_here},
    {"MAIL_FILTER"},
    {"MASQUERADE_AS"},
    {"MASQUERADE_DOMAIN", "M"},
    {"MASQUERADE_DOMAIN_FILE", "M", true},
    {"MASQUERADE_EXCEPTION", "N"},
    {"MASQUERADE_EXCEPTION_FILE", "N", true},
    {"MODIFY_MAILER_FLAGS"},
    {"OSTYPE", {}, false, 0, true},
    {"QUEUE_GROUP"},
    {"RELAY_DOMAIN", "R"},
    {"RELAY_DOMAIN_FILE", "R", true},
    {"SITE"},
    {"SITECONFIG", {}, false, 0, true},
    {"TRUST_AUTH_MECH", "TrustAuthMech"},
    {"UUCPSMTP", {}, false, to_nowhere_here},
    {"VERSIONID"},
    {"VIRTUSER_DOMAIN", "VirtHost"},
    {"VIRTUSER_DOMAIN_FILE", "VirtHost", true},
});

constexpr auto meanings = std::to_array<Meaning>({
    {"ALIAS_FILE", "AliasFile"},
    {"confALIAS_FILE"},
    {"confAUTH_MECHANISMS", "AuthMechanisms"},
    {"confAUTH_OPTIONS", "AuthOptions"},
    {"confBAD_RCPT_THROTTLE", "BadRcptThrottle"},
    {"confCACERT", "CACertFile"},
    {"confCACERT_PATH", "CACertPath"},
    {"confCR_FILE"},
    {"confCW_FILE"},
    {"confDAEMON_OPTIONS"},
    {"confDELIVERY_MODE", "DeliveryMode"},
    {"confDOMAIN_NAME"},
    {"confDONT_PROBE_INTERFACES", "DontProbeInterfaces"},
    {"confPRIVACY_FLAGS", "PrivacyOptions"},
    {"confSERVER_CERT", "ServerCertFile"},
    {"confSERVER_KEY", "ServerKeyFile"},
    {"confTLS_SRV_OPTIONS", "TLSSrvOptions"},
    {"confUSE_COMPRESSED_IPV6_ADDRESSES", "UseCompressedIPv6Addresses"},
    {"LOCAL_RELAY"},
    {"LUSER_RELAY"},
    {"MAIL_HUB"},
    {"SMART_HOST"},
});

constexpr auto debians_own = std::to_array<std::string_view>({
    "/etc/mail/m4/dialup.m4",
    "/etc/mail/m4/provider.m4",
    "/etc/mail/sasl/sasl.m4",
    "/etc/mail/tls/starttls.m4",
    "/etc/mail/m4/ldap.m4",
});

template <class Table>
auto find_by_name(const Table& table, std::string_view name) -> decltype(&table[0]) {
  const auto* const found =
      std::find_if(table.begin(), table.end(), [&](const auto& each) { return each.name == name; });
  return found == table.end() ? nullptr : found;
}

}  // namespace

const Macro* macro_of(std::string_view name) { return find_by_name(vocabulary, name); }

const Meaning* meaning_of(std::string_view name) { return find_by_name(meanings, name); }

bool is_harmless_flag(std::string_view name) {
  return name == "_USE_ETC_MAIL_" || name.starts_with("_REC_") || !name.starts_with('_') ||
         !name.ends_with('_');
}

bool is_debians_own(std::string_view path) {
  return std::find(debians_own.begin(), debians_own.end(), path) != debians_own.end();
}

}  // namespace relayproof::sendmail
