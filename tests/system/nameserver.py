"""A DNS server of a few lines on loopback, for names that exist in one test only."""
import ipaddress
import socket
import struct
import threading

A, PTR, MX, AAAA = 1, 12, 15, 28
NXDOMAIN = 3


def encoded(name: str) -> bytes:
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def record_data(kind: int, value) -> bytes:
    if kind in (A, AAAA):
        return ipaddress.ip_address(value).packed
    if kind == MX:
        preference, host = value
        return struct.pack("!H", preference) + encoded(host)
    return encoded(value)


class Nameserver:
    """Answers from {(name, type): [values]}; a name that it has under no type does not exist."""

    def __init__(self, records: dict, silent: bool = False):
        self.records, self.silent = records, silent
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.name = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()

    def _serve(self):
        while True:
            query, client = self.socket.recvfrom(4096)
            if not query:
                return
            reply = self._reply(query)
            if not self.silent:
                self.socket.sendto(reply, client)

    def _reply(self, query: bytes) -> bytes:
        labels, place = [], 12
        while length := query[place]:
            labels.append(query[place + 1:place + 1 + length].decode("latin-1"))
            place += 1 + length
        kind, = struct.unpack_from("!H", query, place + 1)
        question = query[12:place + 5]
        name = ".".join(labels).lower()
        self.asked.append((name, kind))
        values = self.records.get((name, kind), [])
        known = any(other == name or other.endswith("." + name) for other, _ in self.records)
        answers = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
                           for data in (record_data(kind, value) for value in values))
        flags = 0x8180 | (0 if known else NXDOMAIN)  # a response, recursion desired and available
        return query[:2] + struct.pack("!HHHHH", flags, 1, len(values), 0, 0) + question + answers
