"""mynetworks in all its spellings, wrong ones too."""
import ipaddress

from fidelity.draft import Draft

WIDE = ["0.0.0.0/0", "0.0.0.0/1 128.0.0.0/1", "0.0.0.0/2, 64.0.0.0/2, 128.0.0.0/1"]
USUAL = "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128"


def choose(draft: Draft, wide: bool) -> None:
    """Sets mynetworks, or mynetworks_style, and notes whom attempts should come from."""
    if not wide and draft.chance(0.15):
        if draft.chance(0.6):
            draft.set("mynetworks_style", draft.pick(["host", "subnet", "class"]))
        draft.words.networks += ["192.0.2.0/24", "192.0.2.25/32", "127.0.0.0/8", "2001:db8:25::/64"]
        return
    words = [USUAL] if draft.chance(0.7) else []
    draft.words.networks.append("127.0.0.0/8")
    if wide:
        words.append(draft.pick(WIDE))
        if draft.chance(0.6):
            words.append("[::]/0")
    for _ in range(draft.dice.randint(0 if words else 1, 4)):
        words.append(_word(draft))
    draft.dice.shuffle(words)
    draft.set("mynetworks", draft.pick([" ", ", ", " , "]).join(words))


def _word(draft: Draft) -> str:
    network = draft.network()
    draft.words.networks.append(network)
    roll = draft.dice.random()
    if roll < 0.50:
        return _written(network)
    if roll < 0.58:
        # Exclusions end the search: first come, first served.
        inner = _inside(draft, network)
        draft.words.networks.append(inner)
        return f"!{_written(inner)} {_written(network)}"
    if roll < 0.66:
        return _single(draft, network)
    if roll < 0.76:
        lines = [_written(network), "# a comment", _written(_noted(draft))]
        return draft.add_file("networks", "\n".join(lines) + "\n")
    if roll < 0.86:
        return draft.cidr("networks", [(network, draft.pick(["OK", "yes", "REJECT"])), (_noted(draft), "x")])
    if roll < 0.92:
        keys = [_single(draft, network).strip("[]") for _ in range(3)]
        draft.words.networks += keys
        return draft.table("networks", [(key, "permit") for key in keys], ["hash", "texthash", "btree"])
    if roll < 0.94:
        return "192.168.7.1/16" if draft.chance(0.5) else "127.0.0.1/8"
    if roll < 0.95:
        return "2001:db8:5::/48"
    if roll < 0.97:
        return f"[::ffff:{draft.pick(['10.0.0.0', '198.18.0.0'])}]/{draft.pick([96, 104, 112])}"
    return draft.pick(["192.168", "mail.example.com", "10.0.0.0/33", "$mydestination", "[10.0.0.0]/8"])


def _noted(draft: Draft) -> str:
    network = draft.network()
    draft.words.networks.append(network)
    return network


def _written(network: str) -> str:
    address, _, length = network.partition("/")
    return f"[{address}]/{length}" if ":" in address else network


def _inside(draft: Draft, network: str) -> str:
    whole = ipaddress.ip_network(network)
    length = min(whole.prefixlen + draft.dice.randint(1, 6), whole.max_prefixlen)
    number = int(whole.network_address) + draft.dice.randrange(whole.num_addresses)
    return str(type(whole)((number, length), strict=False))


def _single(draft: Draft, network: str) -> str:
    whole = ipaddress.ip_network(network)
    address = str(whole[draft.dice.randrange(min(whole.num_addresses, 1 << 40))])
    return f"[{address}]" if ":" in address else address
