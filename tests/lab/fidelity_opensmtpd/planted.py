"""What is told the program instead of what smtpd runs with: a wrong rule in the model would do the same."""
from fidelity.planting import Error

_FILE = "etc/smtpd.conf"
ERRORS = [Error(name, _FILE, reads, instead) for name, (reads, instead) in {
    "negations are overlooked": (r"(match[^\n]*) !", r"\1 "),
    "rules without from are from anybody": (r"match (?![^\n]*from)", "match from any "),
    "rules without for are for anybody": (r"match (?![^\n]*for )", "match for any "),
    "from local is from anybody": (r"match from local", "match from any"),
    "tags are overlooked": (r" tag (\"\w+\"|<\w+>)(?=[^\n]*(action|reject))", ""),
    "greetings are overlooked": (r" helo (\"[^\"]+\"|<\w+>|\{[^}]*\})(?=[^\n]*(action|reject))", ""),
    "senders are overlooked": (r"(match[^\n]*) (?<!from )mail-from (\"[^\"]+\"|<\w+>|\{[^}]*\})", r"\1"),
    "reject permits": (r"(match[^\n]*) reject", r'\1 action "relay"'),
    "match tls is taken for true": (r"(match[^\n]*) tls", r"\1"),
    "names are confirmed": (r"from rdns", "from src"),
    "a regex is a literal": (r" regex ", " "),
    "aliases are not followed": (r" alias <\w+>", ""),
    "filters are overlooked": (r" filter (f\d|\{[^}]*\})(?=\n| tag)", ""),
    "wildcards are as deep as you like": (r'"\*\.', '"*'),
    "an order of rules is none": (r"(match[^\n]*)\n(match[^\n]*)\n", r"\2\n\1\n"),
    "for local is for any": (r"for local", "for any"),
    "from socket is from local": (r"from socket", "from local"),
    "auth is taken for true": (r" !?auth(?= )(?=[^\n]*(action|reject))", ""),
    "recipients are overlooked": (r"(match[^\n]*) (?<!for )!?rcpt-to (regex )?(\"[^\"]+\"|<\w+>|\{[^}]*\})", r"\1"),
    "domains are overlooked": (r"for domain (regex )?(\"[^\"]+\"|<\w+>|\{[^}]*\})", "for any"),
    "networks are overlooked": (r"from src (<\w+>|\{[^}]*\}|\"[^\"]+\")", "from any"),
    "virtual domains are not followed": (r" virtual <\w+>", ""),
    "error: in an alias is a mailbox": (r"error:\d+ gone", "alice"),
    "expand-only delivers": (r"expand-only", "mbox"),
    "a prefix is one bit shorter": (r"/(8|16|24|26|29|30|48)\"", lambda at: f'/{int(at[1]) - 1}"'),
}.items()]
