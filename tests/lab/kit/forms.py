"""Ways of asking for a relay that the trade hands down, written here a second time on purpose.

The program has its own catalogue; this list does not come from it. With it the lab says what a case
really does before, and without, the program: `run --measure`.
"""
import ipaddress
from dataclasses import dataclass

X, X2 = "example.net", "example.org"


@dataclass(frozen=True)
class Form:
    name: str
    sender: str
    recipient: str
    helo: str = "probe.club.example"


def forms(server_name: str, domain: str, address: str, to: str | None) -> list[Form]:
    """H a name of the server, D its domain, L its address literal."""
    h, d, r = server_name, domain, "nobody"
    literal = f"[IPv6:{address}]" if ipaddress.ip_address(address).version == 6 else f"[{address}]"
    outside = to or f"{r}@{X}"
    good = "<probe@club.example>"
    found = [
        Form("plain", good, f"<{outside}>"),
        Form("no brackets", f"{r}@{X}", outside),
        Form("long sender domain", "<test@maps1.pa.vix.com>", f"<{outside}>"),
        Form("sender localhost", "<test@localhost>", f"<{outside}>"),
        Form("sender without domain", "<test>", f"<{outside}>"),
        Form("null sender", "<>", f"<{outside}>"),
        Form("sender at host", f"<test@{h}>", f"<{outside}>"),
        Form("sender at domain", f"<alice@{d}>", f"<{outside}>"),
        Form("sender at literal", f"<test@{literal}>", f"<{outside}>"),
        Form("postmaster", f"<postmaster@{d}>", f"<{outside}>"),
        Form("postmaster as localhost", f"<postmaster@{d}>", f"<{outside}>", "localhost"),
        Form("helo localhost", good, f"<{outside}>", "localhost"),
        Form("helo host", good, f"<{outside}>", h),
        Form("helo domain", good, f"<{outside}>", d),
        Form("two hops named", good, f"<test@{X2}@{X}>"),
    ]
    spellings = {
        "percent": "{r}%{X}@{at}", "equals": "{r}={X}@{at}", "quoted at": '"{r}@{X}"@{at}',
        "quoted percent": '"{r}%{X}"@{at}', "two at": "{r}@{X}@{at}", "route": "@{at}:{r}@{X}",
        "bang": "{X}!{r}@{at}",
    }
    for name, spelling in spellings.items():
        for where, at in (("host", h), ("domain", d), ("literal", literal)):
            found.append(Form(f"{name} @{where}", good, "<" + spelling.format(r=r, X=X, at=at) + ">"))
    found += [
        Form("quoted", good, f'<"{r}@{X}">'), Form("quoted percent", good, f'<"{r}%{X}">'),
        Form("bare percent", good, f"<{r}%{X}>"), Form("bare bang", good, f"<{X}!{r}>"),
        Form("local user", good, f"<alice@{d}>"), Form("unknown user", good, f"<qx7nobody@{d}>"),
        Form("server's postmaster", good, f"<postmaster@{d}>"),
    ]
    return found
