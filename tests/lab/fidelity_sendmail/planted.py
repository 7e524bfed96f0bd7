"""Errors planted in what the program reads: would the comparison notice a model that was wrong in this way?"""

# What the program is made to overlook or mistake: (name, file, what it reads, what it takes it for).
PLANTED = [
    ("RELAY in the access map is taken for OK", "access", r"\tRELAY", "\tOK"),
    ("OK in the access map is taken for RELAY", "access", r"\tOK", "\tRELAY"),
    ("REJECT is overlooked", "access", r"\tREJECT", "\tSKIP"),
    ("ERROR is overlooked", "access", r"\tERROR.*$", "\tSKIP"),
    ("DISCARD is taken for REJECT", "access", r"\tDISCARD", "\tREJECT"),
    ("tags are overlooked", "access", r"^(Connect|From|To):", ""),
    ("Connect: is taken for From:", "access", r"^Connect:", "From:"),
    ("From: is taken for To:", "access", r"^From:", "To:"),
    ("To: is taken for Connect:", "access", r"^To:", "Connect:"),
    ("a network is one octet wider", "access", r"^((?:Connect:)?\d+\.\d+)\.\d+\t", r"\1\t"),
    ("the rows of relay-domains are overlooked", "relay-domains", r"^.*\n", ""),
    ("the rows of local-host-names are overlooked", "local-host-names", r"^.*\n", ""),
    ("the rows of virtusertable are overlooked", "virtusertable", r"^.*\n", ""),
    ("the rows of mailertable are overlooked", "mailertable", r"^.*\n", ""),
    ("CERTIssuer is overlooked", "access", r"^CERTIssuer.*\n", ""),
    ("FRIEND is taken for HATER", "access", r"\tFRIEND", "\tHATER"),
    *[(f"{name} is overlooked", "sendmail.mc", rf"^FEATURE\(`{name}'.*\n", "") for name in (
        "promiscuous_relay", "relay_entire_domain", "relay_hosts_only", "relay_local_from", "relay_mail_from", "loose_relay_check",
        "relay_based_on_MX", "blocklist_recipients", "delay_checks", "accept_unqualified_senders", "virtusertable", "nouucp",
        "require_rdns")],
    ("RELAY_DOMAIN is overlooked", "sendmail.mc", r"^RELAY_DOMAIN.*\n", ""),
    ("LOCAL_DOMAIN is overlooked", "sendmail.mc", r"^LOCAL_DOMAIN.*\n", ""),
    ("LUSER_RELAY is overlooked", "sendmail.cf", r"^DL.*$", "DL"),
    ("accept_unresolvable_domains is overlooked", "sendmail.cf", r"(?<=\$: <)OKR(?=> \$1 < @ \$2 >\t+\.\.\. unresolvable)", "PERM"),
    ("a client without a name is taken for one with a name", "sendmail.cf", r"^R<FAIL>\t.*\n", ""),
    ("TLS_Clt is overlooked", "access", r"^TLS_Clt.*\n", ""),
    ("hosts below class R do not count", "sendmail.cf", r"^(R<\?> )\$\* (?=\$=R\t)", r"\1"),
    ("every address counts as this host's own", "sendmail.cf", r"^R\$=w\t+\$@ RELAY\t+\.\.\. and see.*$", "R$*\t$@ RELAY"),
]
