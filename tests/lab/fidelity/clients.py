"""Addresses of clients: at the edges of networks, and which of them the lab can be."""
import ipaddress

# The server's network, the resolver's and the sink's.
_OURS = ("192.0.2.", "2001:db8:25:", "2001:db8:51:", "198.51.100.53")


def edges_of(network: str) -> list[str]:
    """Its first and last address, their neighbours outside, and one inside."""
    found = ipaddress.ip_network(network, strict=False)
    first, last = int(found.network_address), int(found.broadcast_address)
    space = type(found.network_address)
    numbers = {first, last, first - 1, last + 1, (first + last) // 2}
    return [str(space(number)) for number in sorted(numbers) if 0 <= number < (1 << found.max_prefixlen)]


def can_connect(address: str) -> bool:
    """Whether the lab can be this client, from outside."""
    found = ipaddress.ip_address(address)
    if found.version == 6 and found.ipv4_mapped:
        return False
    return not (found.is_multicast or found.is_unspecified or found.is_loopback or found.is_link_local
                or (found.version == 4 and (int(found) >> 24 in (0, 255) or int(found) >> 28 == 15))
                or str(found).startswith(_OURS))
