"""One attempt at relaying, as the lab makes it for real, and what became of it."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attempt:
    """Who says what to which door. Sender and recipient are the bytes after the colon, brackets and all."""
    source: str
    address: str
    port: int
    helo: str | None
    mail_from: str
    rcpt_to: str
    tls: str = "none"
    prelude: str | None = None
    """What was done before, in the program's words; see outside/preludes.py."""
    after: tuple[str, ...] = ()
    """Recipients named before in the same message."""


@dataclass
class Fate:
    """What the server said in the end, and whom the sink got it for."""
    at: str
    code: int
    text: str
    rcpt_code: int | None = None
    delivered_to: list[str] = field(default_factory=list)
    last_word: str = ""
    """Of the server's log, on a message that was taken and did not arrive."""

    @property
    def relayed(self) -> bool:
        return bool(self.delivered_to)
