"""Who is who in the lab: every address is one that RFC 5737 or RFC 3849 keeps for documentation."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Host:
    """One address of each family, and what their PTR records say."""
    ipv4: str
    ipv6: str
    name: str | None = None
    confirmed: bool = True

    def addresses(self) -> tuple[str, str]:
        return self.ipv4, self.ipv6


SERVER = Host("192.0.2.25", "2001:db8:25::25", "mail.example.com")
# A second address of the same machine, for configurations that tell their addresses apart.
SERVER_SECOND = Host("192.0.2.26", "2001:db8:25::26", "mail2.example.com")
GATEWAY = Host("192.0.2.1", "2001:db8:25::1")
SINK = Host("198.51.100.25", "2001:db8:51::25", "mx.example.net")
RESOLVER = Host("198.51.100.53", "2001:db8:51::53")
# Where `relayproof canary` listens, and the machine that sends on what is handed to it, a while later.
CANARY = Host("198.51.100.77", "2001:db8:51::77", "mx.canary.example")
SMART_HOST = Host("198.51.100.88", "2001:db8:51::88", "out.isp.example")

CLIENTS = {
    # A well-kept stranger: its name leads back to it.
    "probe": Host("203.0.113.9", "2001:db8:9::9", "probe.club.example"),
    # Claims a name inside the server's domain, which does not lead back to it.
    "forged": Host("203.0.113.66", "2001:db8:9::66", "inside.example.com", confirmed=False),
    "nameless": Host("203.0.113.77", "2001:db8:9::77"),
}
CANARY_DOMAIN = "canary.example"
# A list of bad clients, which holds the well-kept stranger.
BLOCK_LIST = "blocked.example"

SERVER_DOMAIN = "example.com"
# Every outside domain that somebody may send to: their mail ends in the sink.
OUTSIDE_DOMAINS = ["example.net", "example.org", "club.example", "partner.example.org", "maps1.pa.vix.com"]
# An outside domain that names our server as its second MX.
BACKED_UP_DOMAIN = "backed-up.example.net"
