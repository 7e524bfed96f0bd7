#!/usr/bin/python3
"""What a stranger, a correspondent and a user say to the server, and how it answers.

Reads one JSON object from standard input: source, address, port, first, helo, mail_from, rcpt_to, and for a user
`login` and `password`. Writes the last reply: {"at": ..., "code": ..., "text": ...}.
"""
import base64
import json
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "outside"))

from smtp import Connection  # noqa: E402

SECONDS = 30.0
MESSAGE = "From: lab@example.net\r\nSubject: lab\r\n\r\nA message of the lab.\r\n"


class ProxiedConnection(Connection):
    """Says in a PROXY header that it is a client on loopback."""

    def _reply(self):
        if not hasattr(self, "said"):
            self.said = True
            self._socket.sendall(b"PROXY TCP4 127.0.0.1 127.0.0.1 1025 25\r\n")
        return super()._reply()


def netstring(data: bytes) -> bytes:
    return str(len(data)).encode() + b":" + data + b","


def qmqp(wish: dict) -> dict:
    """One message by QMQP; K is a success, Z and D are failures."""
    body = MESSAGE.replace("\r\n", "\n").encode()
    addresses = [wish["mail_from"], wish["rcpt_to"]]
    parts = [netstring(body)] + [netstring(address.strip("<>").encode()) for address in addresses]
    with socket.create_connection((wish["address"], wish["port"]), SECONDS, (wish["source"], 0)) as connection:
        answer = b""
        try:
            connection.sendall(netstring(b"".join(parts)))
            while piece := connection.recv(4096):
                answer += piece
        except ConnectionError:
            pass
    said = answer.split(b":", 1)[-1].decode("latin-1")
    return {"at": "message", "code": 250 if said.startswith("K") else 550, "text": said}


def converse(wish: dict) -> dict:
    kind = ProxiedConnection if wish["first"] == "proxy" else Connection
    connection = kind(wish["source"], wish["address"], wish["port"], SECONDS)
    try:
        steps = [("helo", "EHLO " + wish["helo"])]
        if wish["first"] == "xclient":
            steps += [("xclient", "XCLIENT ADDR=127.0.0.1 NAME=localhost"), ("helo", "EHLO localhost")]
        if wish["first"] == "login":
            steps += [("auth", "AUTH LOGIN"), ("auth", "c3RyYW5nZXI="), ("auth", "Z3Vlc3NlZA==")]
        if wish.get("login"):
            secret = f"\0{wish['login']}\0{wish['password']}".encode()
            steps.append(("auth", "AUTH PLAIN " + base64.b64encode(secret).decode()))
        steps += [("mail", "MAIL FROM:" + wish["mail_from"]), ("rcpt", "RCPT TO:" + wish["rcpt_to"]), ("data", "DATA")]
        reply = connection.greeting
        for name, command in steps:
            reply = connection.say(command)
            if reply.code >= 400 or reply.code == 0:
                return {"at": name, "code": reply.code, "text": reply.text}
        reply = connection.send((MESSAGE + ".\r\n").encode())
        return {"at": "message", "code": reply.code, "text": reply.text}
    finally:
        connection.close()


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    try:
        said = qmqp(asked) if asked["first"] == "qmqp" else converse(asked)
    except OSError as error:
        said = {"at": "connection", "code": 0, "text": str(error)}
    print(json.dumps(said))
