"""A DNS server that answers every question of the lab at once, and knows nothing else.

A name that is not answered at once makes a server wait, so whatever is not listed does not exist.
"""
import ipaddress

from kit.addresses import (BACKED_UP_DOMAIN, BLOCK_LIST, CANARY, CANARY_DOMAIN, CLIENTS, GATEWAY, OUTSIDE_DOMAINS,
                           RESOLVER, SERVER, SERVER_DOMAIN, SERVER_SECOND, SINK, SMART_HOST, Host)


def unbound_configuration(folder: str) -> str:
    lines = [
        "server:",
        f'  directory: "{folder}"',
        '  chroot: ""',
        '  username: ""',
        f'  pidfile: "{folder}/unbound.pid"',
        "  use-syslog: no",
        "  do-daemonize: no",
        "  num-threads: 1",
        "  access-control: 0.0.0.0/0 allow",
        "  access-control: ::0/0 allow",
        '  module-config: "iterator"',
        '  local-zone: "." static',
    ]
    lines += [f"  interface: {address}" for address in RESOLVER.addresses()]
    lines += [f"  local-data: '{record}'" for record in records()]
    lines += ["remote-control:", "  control-enable: no"]
    return "\n".join(lines) + "\n"


def records() -> list[str]:
    found = [". 300 SOA lab.invalid. nobody.invalid. 1 3600 600 86400 300"]
    hosts = [SERVER, SERVER_SECOND, SINK, GATEWAY, RESOLVER, CANARY, SMART_HOST, *CLIENTS.values()]
    for host in hosts:
        found += _host_records(host)
    found += [f"{SERVER_DOMAIN}. 300 MX 10 {SERVER.name}."]
    for domain in OUTSIDE_DOMAINS:
        found += [f"{domain}. 300 MX 10 {SINK.name}.",
                  f"{domain}. 300 A {SINK.ipv4}", f"{domain}. 300 AAAA {SINK.ipv6}"]
    found += [f"{CANARY_DOMAIN}. 300 MX 10 {CANARY.name}."]
    found += [f"{BACKED_UP_DOMAIN}. 300 MX 5 {SINK.name}.",
              f"{BACKED_UP_DOMAIN}. 300 MX 20 {SERVER.name}."]
    for address in CLIENTS["probe"].addresses():
        found += [f"{_reversed(address)}.{BLOCK_LIST}. 300 A 127.0.0.2"]
    return found


def _reversed(address: str) -> str:
    """Its digits as block lists have them: those of a PTR, without the zone behind."""
    return ipaddress.ip_address(address).reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")


def _host_records(host: Host) -> list[str]:
    if host.name is None:
        return []
    found = [f"{ipaddress.ip_address(address).reverse_pointer}. 300 PTR {host.name}."
             for address in host.addresses()]
    if host.confirmed:
        found += [f"{host.name}. 300 A {host.ipv4}", f"{host.name}. 300 AAAA {host.ipv6}"]
    return found
