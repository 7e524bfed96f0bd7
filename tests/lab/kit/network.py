"""Two network namespaces with one cable between them: the server's, and everybody else's.

The clients and the sink must not live with the server, which would take their addresses for its own.
No interface ever exists in the machine's own namespace, so nothing can leak out of the lab.
"""
import os
import shutil
import signal
import subprocess
from pathlib import Path

from kit.addresses import CANARY, CLIENTS, GATEWAY, RESOLVER, SERVER, SERVER_SECOND, SINK, SMART_HOST, Host

PREFIX = "relayproof-lab"


class Network:
    """The two namespaces of one worker; `number` keeps workers apart."""

    def __init__(self, number: int):
        self.server = f"{PREFIX}{number}-server"
        self.outside = f"{PREFIX}{number}-outside"

    def __enter__(self) -> "Network":
        _ip(f"netns add {self.server}", f"netns add {self.outside}",
            f"link add eth0 netns {self.server} type veth peer name eth0 netns {self.outside}")
        _ip(*_server_side(), namespace=self.server)
        _ip(*_outside_side(), namespace=self.outside)
        self.ask_from(CLIENTS["probe"])
        self._write_resolver()
        return self

    def __exit__(self, *_: object) -> None:
        for name in (self.server, self.outside):
            remove_namespace(name)

    def ask_from(self, client: Host) -> None:
        """From now on who connects to the server without choosing an address is this client."""
        self._asker = self.server if client is SERVER else self.outside
        if client is SERVER:
            return
        _ip(f"-4 route replace 192.0.2.0/24 dev eth0 src {client.ipv4}",
            f"-6 route replace 2001:db8:25::/64 dev eth0 src {client.ipv6}", namespace=self.outside)

    def in_outside(self, command: list[str]) -> list[str]:
        return ["ip", "netns", "exec", self.outside, *command]

    def in_asker(self, command: list[str]) -> list[str]:
        """Where the client is at home: outside, unless the server asks itself."""
        return ["ip", "netns", "exec", self._asker, *command]

    def in_server(self, command: list[str]) -> list[str]:
        return ["ip", "netns", "exec", self.server, *command]

    def _write_resolver(self) -> None:
        # `ip netns exec` lays the files of this folder over those in /etc.
        for folder in (_etc_folder(self.outside), _etc_folder(self.server)):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "resolv.conf").write_text(f"nameserver {RESOLVER.ipv4}\n")
            (folder / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")


def remove_namespace(name: str) -> None:
    """Ends what still runs in the namespace, and takes it away with all that belongs to it."""
    found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False)
    for pid in found.stdout.split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL, check=False)
    shutil.rmtree(_etc_folder(name), ignore_errors=True)


def remove_stale_namespaces() -> None:
    """What an earlier run left behind when it was killed; the caller holds the lab's lock."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        if line.startswith(PREFIX):
            remove_namespace(line.split()[0])


def _etc_folder(namespace: str) -> Path:
    return Path("/etc/netns") / namespace


def _server_side() -> list[str]:
    commands = ["link set lo up", "link set eth0 up"]
    for host in (SERVER, SERVER_SECOND):
        commands += [f"address add {host.ipv4}/24 dev eth0",
                     f"address add {host.ipv6}/64 dev eth0 nodad"]
    return commands + [f"-4 route add default via {GATEWAY.ipv4}",
                       f"-6 route add default via {GATEWAY.ipv6}"]


def _outside_side() -> list[str]:
    commands = ["link set lo up", "link set eth0 up",
                f"address add {GATEWAY.ipv4}/24 dev eth0 noprefixroute",
                f"address add {GATEWAY.ipv6}/64 dev eth0 nodad noprefixroute"]
    for host in (SINK, RESOLVER, CANARY, SMART_HOST, *CLIENTS.values()):
        commands += [f"address add {host.ipv4}/32 dev lo",
                     f"address add {host.ipv6}/128 dev lo nodad"]
    return commands


def _ip(*commands: str, namespace: str | None = None) -> None:
    where = ["-n", namespace] if namespace else []
    for command in commands:
        subprocess.run(["ip", *where, *command.split()], check=True)
