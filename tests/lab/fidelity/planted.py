"""Wrong rules to plant in the model of Postfix, one at a time: each has to be caught by comparing."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    name: str
    file: str
    """Below src."""
    right: str
    """Stands there once."""
    wrong: str


_POSTFIX = "dialects/postfix/"
WRONG = [Wrong(name, _POSTFIX + file, right, wrong) for name, file, right, wrong in [
    ("the gate takes routed addresses", "address_classes.cc",
     "trusts_routes ? builder.constant(true) : builder.negation(classes.is_routed)", "builder.constant(trusts_routes || true)"),
    ("relay_domains are no destinations", "address_classes.cc", "builder.any({classes.is_final, classes.is_relay})", "classes.is_final"),
    ("OK counts for a routed recipient", "restriction_recipient.cc",
     "return builder.negation(classes(writer).is_routed);", "return builder.constant(true);"),
    ("defer_unauth_destination rejects", "restriction_recipient.cc", "\"relay_domains_reject_code\", 554) - 100", "\"relay_domains_reject_code\", 554)"),
    ("a bounce may have many recipients", "restriction_recipient.cc",
     "builder.all({sender_is_null(builder, writer.scope()), several})", "builder.all({builder.negation(sender_is_null(builder, writer.scope())), several})"),
    ("a!b is not turned round", "address_rewrite.cc", "if (settings.swap_bangpath) {", "if (settings.swap_bangpath && address.empty()) {"),
    ("the first % routes", "address_rewrite.cc", "find_last(address, '%')", "find_first(address, '%')"),
    ("quotes hide routing", "address_resolve.cc", "if (!settings_.resolve_dequoted_address) return false;",
     "if (settings_.resolve_dequoted_address) return false;"),
    ("HELO restrictions without HELO", "lower_stages.cc", "if (kind == ListKind::helo && moment == Moment::rcpt)",
     "if (kind == ListKind::client && moment == Moment::helo)"),
    ("relay restrictions always come first", "lower_stages.cc",
     "service_.is_on(\"smtpd_relay_before_recipient_restrictions\")", "service_.version() > Version{2, 0}"),
    ("warn_if_reject refuses", "restriction_writer.cc", "  if (scope_.warn) {\n    pass(when, detail);", "  if (scope_.warn && when == 0) {\n    pass(when, detail);"),
    ("DEFER_IF_PERMIT is forgotten", "restriction_writer.cc", "put(when, policy::SetMark{mark}, \"DEFER_IF_PERMIT\");",
     "put(when, policy::Nothing{}, mark == 0 ? \"\" : \"DEFER_IF_PERMIT\");"),
    ("everybody has logged in", "restriction_credentials.cc", "writer.permit(logged_in(writer.service()));",
     "writer.permit(writer.builder().constant(true));"),
    ("an unconfirmed name counts", "restriction_client.cc", "writer.refuse(has_no_name(writer, Field::client_name),",
     "writer.refuse(has_no_name(writer, Field::reverse_name),"),
    ("parent domains the other way round", "lower_tables.cc", "return parents_match(config, feature) ? plain : dotted;",
     "return parents_match(config, feature) ? dotted : plain;"),
    ("a network is one bit too wide", "address_rows.cc", "static_cast<unsigned>(parts.size() * 8)", "static_cast<unsigned>(parts.size() * 8 - 1)"),
    ("exclusions from mynetworks admit", "restriction_networks.cc", "    if (pattern.negated) {\n      exclude(reached);", "    if (!pattern.negated) {\n      exclude(reached);"),
    ("<> is not looked up", "restriction_sender.cc", "question.instead = writer.service().value(\"smtpd_null_access_lookup_key\").text;",
     "question.instead = \"\";"),
    ("DATA sees one of several recipients", "restriction_scope.cc",
     "return builder.negation(builder.is_set(policy::Flag::several_recipients));", "return builder.constant(true);"),
    ("DUNNO permits", "restriction_tables.cc", "return writer.pass(when, \"DUNNO\");", "return writer.permit(when, \"DUNNO\");"),
    ("DISCARD goes on", "restriction_tables.cc", "writer.put(when, policy::Permit{}, \"DISCARD\");", "writer.pass(when, \"DISCARD\");"),
    ("extensions are not carried over", "routes_targets.cc",
     'if (config.effective("recipient_delimiter").text.empty()) return false;', 'if (feature != "alias") return false;'),
    ("a class may be written in capitals", "restriction_words.cc", "if (is_class && name != word->name) return nullptr;",
     "if (is_class && name.empty()) return nullptr;"),
    ("virtual alias domains are handed on", "lower_routes.cc",
     "add(resolved, classes.is_virtual_alias, policy::End{Fate::dropped}", "add(resolved, classes.is_virtual_alias, policy::End{Fate::handed_on}"),
]]
