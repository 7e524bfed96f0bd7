"""What the lab's DNS knows."""
import functools
import re

from fidelity import names
from kit.dns import unbound_configuration


@functools.cache
def known_names() -> set[str]:
    """What the lab's DNS knows, and /etc/hosts."""
    records = re.findall(r"local-data: '(\S+)\s", unbound_configuration("/")) + [each.split()[0] for each in names.records()]
    found = {each.rstrip(".").lower() for each in records} | {"localhost", "mail.example.com"}
    pointers = re.findall(r"^([\d.]+)\.in-addr\.arpa$", "\n".join(found), re.M)
    # A name without a dot is looked for in the server's own domain.
    found |= {each.removesuffix(".example.com") for each in found if each.count(".") == 2 and each.endswith(".example.com")}
    return found | {"[" + ".".join(reversed(each.split("."))) + "]" for each in pointers}
