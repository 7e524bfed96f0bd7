"""The lab's world, wider: any address outside can be a client, or a host that takes mail."""
import ctypes
import json
import os
import socket
import subprocess
from pathlib import Path

from kit.dns import unbound_configuration
from kit.world import OUTSIDE, PYTHON, World

from fidelity import certificates, names

_CLONE_NEWNET = 0x40000000
_IP_TRANSPARENT = 19
_IPV6_TRANSPARENT = 75
_libc = ctypes.CDLL(None, use_errno=True)


class WideWorld(World):
    """Used by one thread, which may enter its namespaces."""

    def __init__(self, number: int, scratch: Path, shown: Path):
        super().__init__(number, scratch)
        self.contexts = {kind: certificates.client_context(shown, kind) for kind in ("none", "self-signed", "trusted")}

    def __enter__(self) -> "WideWorld":
        super().__enter__()
        for family, everything in (("-4", "0.0.0.0/0"), ("-6", "::/0")):
            subprocess.run(["ip", "-n", self.network.outside, family, "route", "add", "local", everything,
                            "dev", "lo", "table", "main"], check=True)
        self._namespaces = {name: os.open(f"/run/netns/{name}", os.O_RDONLY)
                            for name in (self.network.server, self.network.outside)}
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self._read_up_to = 0
        return self

    def __exit__(self, *arguments: object) -> None:
        for descriptor in (*self._namespaces.values(), self._home):
            os.close(descriptor)
        super().__exit__(*arguments)

    def socket_from(self, source: str, server_owns: bool) -> socket.socket:
        """A socket bound to this address: on the server's machine if that owns it, else outside."""
        family = socket.AF_INET6 if ":" in source else socket.AF_INET
        name = self.network.server if server_owns else self.network.outside
        self._enter(self._namespaces[name])
        try:
            made = socket.socket(family, socket.SOCK_STREAM)
        finally:
            self._enter(self._home)
        if not server_owns:
            if family == socket.AF_INET:
                made.setsockopt(socket.SOL_IP, _IP_TRANSPARENT, 1)
            else:
                made.setsockopt(socket.IPPROTO_IPV6, _IPV6_TRANSPARENT, 1)
        made.bind((source, 0))
        return made

    def newly_relayed(self) -> list[dict]:
        """What reached the sink since this was asked last."""
        record = self._folder / "relayed"
        if not record.exists():
            return []
        with open(record, "rb") as lines:
            lines.seek(self._read_up_to)
            text = lines.read()
        whole = text.rfind(b"\n") + 1
        self._read_up_to += whole
        return [json.loads(line) for line in text[:whole].splitlines()]

    def _enter(self, descriptor: int) -> None:
        if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def _start_resolver(self) -> None:
        configuration = self._folder / "unbound.conf"
        text = unbound_configuration(str(self._folder))
        known = set(text.splitlines())
        more = [line for record in names.records() if (line := f"  local-data: '{record}'") not in known]
        configuration.write_text(text.replace("remote-control:", "\n".join(more) + "\nremote-control:"))
        self._resolver = self._start(["unbound", "-d", "-c", str(configuration)])
        self._wait_for("udp", "198.51.100.53", 53)

    def _start_sink(self) -> None:
        self._sink = self._start([PYTHON, str(OUTSIDE / "sink.py"), str(self._folder / "relayed"), "0.0.0.0", "::"])
        self._wait_for("tcp", "0.0.0.0", 25)
