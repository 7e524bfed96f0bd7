"""What a client does before it asks: written down here once more, so that the program's own are checked."""
import base64
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Prelude:
    opening: bytes = b""
    """Sent before the greeting is waited for."""
    commands: list[str] = field(default_factory=list)
    """Behind EHLO, one by one."""
    must_be_taken: bool = True
    """What it was for cannot be had once it is refused."""
    hello: str = "EHLO"
    certificate: bool = False
    """TLS with one that nobody vouches for."""
    before_tls: int = 0
    """How many of MAIL and RCPT are said in clear: both in the packet of STARTTLS, or MAIL before it."""


def _login(mechanism: str, answer: bytes) -> str:
    return f"AUTH {mechanism} " + (base64.b64encode(answer).decode() or "=")


_STRANGER = _login("PLAIN", b"\0lab-stranger\0lab-stranger")

PRELUDES: dict[str | None, Prelude] = {
    None: Prelude(),
    "no HELO": Prelude(),
    "XCLIENT ADDR=127.0.0.1": Prelude(commands=["XCLIENT ADDR=127.0.0.1 NAME=localhost"]),
    "XCLIENT LOGIN=nobody": Prelude(commands=["XCLIENT LOGIN=lab-stranger"]),
    "XFORWARD ADDR=127.0.0.1": Prelude(commands=["XFORWARD ADDR=127.0.0.1 NAME=localhost"]),
    "PROXY TCP4 127.0.0.1": Prelude(opening=b"PROXY TCP4 127.0.0.1 127.0.0.1 2525 25\r\n"),
    "PROXY v2 127.0.0.1": Prelude(opening=b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes([127, 0, 0, 1] * 2)
                                  + (2525).to_bytes(2, "big") + (25).to_bytes(2, "big")),
    "AUTH PLAIN nobody": Prelude(commands=[_STRANGER]),
    "AUTH PLAIN nobody, refused": Prelude(commands=[_STRANGER], must_be_taken=False),
    "AUTH ANONYMOUS": Prelude(commands=[_login("ANONYMOUS", b"lab-stranger")]),
    "AUTH EXTERNAL": Prelude(commands=[_login("EXTERNAL", b"")]),
    "HELO, not EHLO": Prelude(hello="HELO"),
    "TLS with a certificate": Prelude(certificate=True),
    "STARTTLS with MAIL and RCPT behind it": Prelude(before_tls=2),
    "MAIL, then STARTTLS": Prelude(before_tls=1),
    "MAIL, RCPT TO:<postmaster@D>, RSET": Prelude(commands=["MAIL FROM:<>", "RCPT TO:<postmaster@example.com>",
                                                            "RSET"]),
}
