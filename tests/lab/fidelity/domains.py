"""Whose mail this server takes, and how it reads and rewrites addresses."""
from fidelity import names
from fidelity.draft import Draft


def choose(draft: Draft) -> None:
    _destinations(draft)
    if draft.chance(0.6):
        _relay_domains(draft)
    if draft.chance(0.35):
        _virtual_aliases(draft)
    if draft.chance(0.25):
        _mailboxes(draft)
    if draft.chance(0.15):
        _canonical(draft)
    if draft.chance(0.3):
        _transports(draft)
    if draft.chance(0.25):
        _aliases(draft)
    if draft.chance(0.2):
        _known_recipients(draft)
    _spelling(draft)


def _own(draft: Draft, domains: list[str]) -> None:
    draft.owned += domains
    draft.words.domains += [domain.lstrip(".") for domain in domains]


def _domain_list(draft: Draft, stem: str, domains: list[str]) -> str:
    """The same names as words, in a file, or as the keys of a table."""
    _own(draft, domains)
    roll = draft.dice.random()
    if roll < 0.6 or not domains:
        return draft.pick([", ", " "]).join(domains)
    if roll < 0.72:
        return draft.add_file(stem, "\n".join(domains) + "\n")
    if roll < 0.82:
        return draft.patterns(stem, [("/^" + domain.replace(".", "\\.") + "$/", "yes") for domain in domains])
    if roll < 0.86:
        return "!" + names.HOST + " " + " ".join(domains)
    return draft.table(stem, [(domain, "here") for domain in domains])


def _destinations(draft: Draft) -> None:
    roll = draft.dice.random()
    if roll < 0.15:
        # Left at its default: $myhostname, localhost.$mydomain, localhost.
        _own(draft, [names.HOST, "localhost.example.com", "localhost"])
    elif roll < 0.55:
        draft.set("mydestination", draft.pick(["$myhostname, localhost.$mydomain, localhost, $mydomain",
                                               "$myhostname $mydomain localhost"]))
        _own(draft, [names.HOST, names.DOMAIN, "localhost.example.com", "localhost"])
    elif roll < 0.62:
        draft.set("mydestination", "")
    else:
        draft.set("mydestination", _domain_list(draft, "destinations", draft.some(names.LOCAL_DOMAINS, 1, 4)))


def _relay_domains(draft: Draft) -> None:
    roll = draft.dice.random()
    if roll < 0.1:
        draft.set("relay_domains", "$mydestination")
    elif roll < 0.14:
        draft.set("relay_domains", draft.pick(["example", "net", "static:all", "regexp:{{/\\.example$$/ yes}}"]))
        _own(draft, ["example", "net"])
    elif roll < 0.2:
        draft.set("relay_domains", "." + names.RELAYED_DOMAINS[0] + " branch.example")
        _own(draft, [".relayed.example", "branch.example"])
    else:
        draft.set("relay_domains", _domain_list(draft, "relayed", draft.some(names.RELAYED_DOMAINS, 1, 2)))
    if draft.chance(0.3):
        draft.set("parent_domain_matches_subdomains", draft.pick(
            ["", "relay_domains", "smtpd_access_maps", "debug_peer_list, mynetworks, relay_domains, smtpd_access_maps"]))


def _virtual_aliases(draft: Draft) -> None:
    domains = draft.some(names.VIRTUAL_DOMAINS, 1, 2)
    target = draft.pick(["alice@example.com", "bob@forward.example", "alice", "bob@club.example", "info@relayed.example"])
    rows = [(f"info@{domains[0]}", target)]
    draft.words.recipients.append(f"info@{domains[0]}")
    if draft.chance(0.4):
        rows.append((f"@{domains[0]}", draft.pick(["alice@example.com", "@forward.example", "@example.com", "catch@forward.example"])))
    if draft.chance(0.3):
        rows.append((draft.pick(["sales", "sales@example.com"]), draft.pick(["one@forward.example, alice", "alice@example.com"])))
        draft.words.recipients.append("sales@example.com")
    if draft.chance(0.4):
        rows += [(domain, "anything") for domain in domains]
    else:
        draft.set("virtual_alias_domains", _domain_list(draft, "virtual_domains", domains))
    draft.words.domains += domains
    if draft.chance(0.25):
        # Patterns name no domain: without virtual_alias_domains, none is claimed.
        draft.set("virtual_alias_maps", draft.patterns("virtual", _virtual_patterns(draft)))
        return
    draft.owned += domains
    draft.set("virtual_alias_maps", draft.table("virtual", rows, ["hash", "texthash", "btree"]))


def _virtual_patterns(draft: Draft) -> list[tuple[str, str]]:
    rows = [(r"/^(.*)=(.*)@example\.com$/", "${1}@${2}"), (r"/^info@.*virtual\.example$/", "alice@example.com"),
            (r"/^(.*)@alias\.example$/", "$1@forward.example"), (r"/^fwd-(.+)@example\.com$/", "${1}@example.net"),
            (r"/^x\+(.*)\+(.*)@.*$/", "${1}@${2}")]
    draft.words.recipients += ["user=example.net@example.com", "info@virtual.example", "bob@alias.example",
                               "fwd-bob@example.com", "x+bob+example.org@example.com"]
    return draft.some(rows, 1, 3)


def _mailboxes(draft: Draft) -> None:
    domains = draft.some(names.MAILBOX_DOMAINS, 1, 2)
    draft.set("virtual_mailbox_domains", _domain_list(draft, "mailbox_domains", domains))
    draft.set("virtual_mailbox_base", "/var/mail/boxes")
    draft.set("virtual_uid_maps", "static:1000")
    draft.set("virtual_gid_maps", "static:1000")
    rows = [(f"{user}@{domain}", f"{user}") for domain in domains for user in draft.some(names.USERS[:6], 1, 3)]
    if draft.chance(0.3):
        rows.append((f"@{domains[0]}", "catchall"))
    draft.words.recipients += [key for key, _ in rows if not key.startswith("@")]
    draft.set("virtual_mailbox_maps", draft.table("mailboxes", rows, ["hash", "texthash", "btree"]))


def _canonical(draft: Draft) -> None:
    name = draft.pick(["canonical_maps", "recipient_canonical_maps", "sender_canonical_maps"])
    rows = draft.some([("bob@example.com", "bob@forward.example"), ("@corp.example", "@example.com"),
                       ("nobody7", "alice"), ("alice@club.example", "alice@example.net")], 1, 3)
    draft.words.recipients += ["bob@example.com", "info@corp.example", "nobody7@example.com", "alice@club.example"]
    if draft.chance(0.25):
        draft.set(name, draft.patterns("canonical", [(r"/^(.*)\.via@example\.com$/", "$1@example.net"),
                                                     (r"/^(.*)@corp\.example$/", "$1@example.com")]))
        draft.words.recipients.append("bob.via@example.com")
        return
    draft.set(name, draft.table("canonical", rows, ["hash", "texthash"]))


def _transports(draft: Draft) -> None:
    if draft.chance(0.3):
        draft.set("relayhost", draft.pick(["[smart.example]", "smart.example", "[198.51.100.25]:25", "[smart.example]:25"]))
        return
    rows = draft.some([("relayed.example", "smtp:[hub.smart.example]"), (".example.net", "smtp:[smart.example]"),
                       ("example.org", "error:5.1.1 no such place"), ("big.example", "discard:"),
                       ("branch.example", "relay:[hub.smart.example]:25"), ("club.example", "local:"),
                       ("bob@example.com", "smtp:[smart.example]"), ("example.com", ":"), ("*", "smtp:[smart.example]"),
                       ("partner.example.org", "retry:4.0.0 come again"), ("alice@example.net", "smtp:")], 1, 3)
    draft.words.recipients += [key if "@" in key else f"bob@{key.strip('.*') or 'example.net'}" for key, _ in rows]
    draft.set("transport_maps", draft.table("transport", rows, ["hash", "texthash", "btree"]))


def _aliases(draft: Draft) -> None:
    rows = [("postmaster", "alice"), ("sales", "alice, bob@forward.example"), ("info", "info@club.example"),
            ("team", ":include:/etc/postfix/team"), ("gone", "/dev/null")]
    draft.files["team"] = "alice\nteam@lists.forward.example\n"
    draft.words.recipients += ["sales@example.com", "info@example.com", "team@example.com", "gone@example.com"]
    text = "".join(f"{key}: {value}\n" for key, value in draft.dice.sample(rows, 4))
    name = "aliases"
    draft.files[name] = text
    draft.set("alias_maps", f"hash:/etc/postfix/{name}")


def _known_recipients(draft: Draft) -> None:
    name = draft.pick(["local_recipient_maps", "relay_recipient_maps", "local_recipient_maps"])
    if draft.chance(0.4):
        draft.set(name, "")
        return
    keys = ["alice", "bob", "info@example.com", "@dept.example.com"] if name.startswith("local") else \
        ["bob@relayed.example", "@branch.example", "info@in.relayed.example"]
    draft.words.recipients += [key for key in keys if "@" in key[1:]]
    draft.set(name, draft.table("known", [(key, "x") for key in keys], ["hash", "texthash"]))
    if draft.chance(0.3):
        draft.set("unknown_local_recipient_reject_code", draft.pick(["450", "550"]))


def _spelling(draft: Draft) -> None:
    """How addresses are read that are not simply user@domain."""
    choices = {"allow_percent_hack": ["no", "yes"], "swap_bangpath": ["no", "yes"], "resolve_dequoted_address": ["no", "yes"],
               "resolve_null_domain": ["yes", "no"], "resolve_numeric_domain": ["yes"], "allow_untrusted_routing": ["yes", "no"],
               "append_at_myorigin": ["yes"], "append_dot_mydomain": ["yes", "no"], "recipient_delimiter": ["+", "-", "+-"],
               "myorigin": ["$mydomain", "corp.example"], "strict_rfc821_envelopes": ["yes"],
               "smtputf8_enable": ["no", "yes"], "masquerade_domains": ["example.com"], "local_transport": ["local:$myhostname", "error:closed"],
               "soft_bounce": ["yes"], "double_bounce_sender": ["double-bounce"], "empty_address_recipient": ["MAILER-DAEMON"],
               "local_header_rewrite_clients": ["static:all"], "remote_header_rewrite_domain": ["domain.invalid"],
               "inet_protocols": ["all"], "smtpd_reject_unlisted_recipient": ["no"], "smtpd_reject_unlisted_sender": ["yes"],
               "show_user_unknown_table_name": ["no"], "luser_relay": ["alice@forward.example", "$user@forward.example"],
               "mailbox_size_limit": ["0"], "receive_override_options": ["no_address_mappings", "no_unknown_recipient_checks"]}
    for name in draft.some(list(choices), 0, 4):
        draft.set(name, draft.pick(choices[name]))
    if "myorigin" in draft.main:
        draft.owned.append({"$mydomain": names.DOMAIN}.get(draft.main["myorigin"], draft.main["myorigin"]))
    if draft.chance(0.4) and draft.words.recipients:
        # A local part that is put in front of another domain may lead on from there.
        draft.words.needs.add("routes")
        draft.main |= {"allow_untrusted_routing": "yes", "recipient_delimiter": draft.pick(["+", "+", "+-"])}
    if draft.chance(0.1):
        draft.set("header_checks", draft.patterns("header_checks", [
            (r"/^X-To: (.*)$/", draft.pick(["REDIRECT $1", "REDIRECT $1@example.com", "REDIRECT alice@forward.example", "DISCARD", "HOLD", "REJECT no"])),
            (r"/^X-Spam: yes/", draft.pick(["REJECT spam", "DISCARD", "FILTER smtp:[smart.example]", "WARN", "DUNNO"]))]))
        draft.words.headers += ["X-To: bob@example.net", "X-To: bob%example.net", "X-Spam: yes"]
