"""Errors that are planted in what the program reads."""
from fidelity.planting import Error

_FILE = "etc/exim4/exim4.conf"
# What the program is made to overlook or mistake: (name, what it reads, what it takes it for).
ERRORS = [Error(name, _FILE, reads, instead) for name, reads, instead in [
    ("a negated condition is taken as it is", r"^(\s+(?:\w+ )?)!(\w+ = )", r"\1\2"),
    ("endpass is overlooked", r"^\s+endpass\n", ""),
    ("defer is taken for deny", r"^  defer ", "  deny "),
    ("discard is taken for accept", r"^  discard ", "  accept "),
    ("the end of an ACL is taken for accept", r"(?<!begin acl)\n\n(acl_\w+:\n|begin routers)", r"\n  accept\n\n\1"),
    ("+include_unknown is overlooked", r"\+include_unknown ; |\+include_unknown", ""),
    ("no_more is overlooked", r"^  no_more\n", ""),
    ("check_local_user is overlooked", r"^  check_local_user\n", ""),
    ("partial- is overlooked", r"partial-lsearch", "lsearch"),
    ("verify is overlooked", r"^(\s+(?:\w+ )?!?)verify = .*$", r"\1condition = yes"),
    ("a nested ACL is taken to accept", r"^(\s+(?:\w+ )?!?)acl = .*$", r"\1condition = yes"),
    ("set is overlooked", r"^\s+set .*\n", ""),
    ("percent_hack_domains is overlooked", r"^percent_hack_domains.*\n", ""),
    ("the redirection of one router is overlooked", r"^  data = \$\{sg.*$", "  data ="),
    ("! in a list is overlooked", r"([:;=] )!(?=[*^\d\w])", r"\1"),
    ("sender_domains is taken for domains", r"sender_domains", "domains"),
    ("allow_domain_literals is overlooked", r"^allow_domain_literals\n", ""),
    ("host_reject_connection is overlooked", r"^host_reject_connection.*\n", ""),
    ("encrypted is overlooked", r"^(\s+(?:\w+ )?!?)encrypted = .*$", r"\1condition = yes"),
    ("authenticated is overlooked", r"^(\s+(?:\w+ )?!?)authenticated = .*$", r"\1condition = yes"),
    ("local_part_prefix is overlooked", r"^  local_part_prefix.*\n", ""),
    ("no_verify is overlooked", r"^  no_verify\n", ""),
    ("verify_only is overlooked", r"^  verify_only\n", ""),
    ("senders of a router are overlooked", r"^  senders = .*\n(?=  domains)", ""),
    ("the port is overlooked", r"=\{\$received_port\}", "!={$received_port}"),
]]
