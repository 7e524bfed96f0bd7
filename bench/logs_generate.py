#!/usr/bin/env python3
"""Writes a mail log as Postfix writes it, the same one for the same seed; what is in it is printed as JSON.

usage: logs_generate.py OUTPUT [--mebibytes N] [--seed N] [--filter | --sendmail]

Of a day's lines most are about mail that comes in and connections that come to nothing; some accounts send, some
hosts of a private network relay, and a stranger sends in the last third of it.
"""
import argparse
import json
import random
import sys

BLOCK = 4 << 20


class Writer:
    def __init__(self, seed: int, filtered: bool):
        self.random = random.Random(seed)
        self.filtered = filtered
        self.seconds = 0.0
        self.number = 0
        self.told = {"lines": 0, "stranger": {"messages": 0, "sent": 0, "deferred": 0}, "near": 0, "accounts": 0}

    def stamp(self) -> str:
        second = int(self.seconds)
        return f"Nov {10 + second // 86400:2d} {second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}"

    def line(self, daemon: str, text: str) -> str:
        self.told["lines"] += 1
        return f"{self.stamp()} mx1 postfix/{daemon}[{self.random.randrange(1000, 32000)}]: {text}\n"

    def queue_id(self) -> str:
        self.number += 1
        return f"{self.number * 2654435761 % (1 << 40):010X}"

    def address(self) -> str:
        pick = self.random
        return f"{pick.choice((5, 37, 45, 91, 103, 141, 185))}.{pick.randrange(256)}.{pick.randrange(256)}.{pick.randrange(1, 255)}"

    def head(self, queue_id: str, name: str, address: str, login: str, sender: str) -> list[str]:
        service = "submission/smtpd" if login else "smtpd"
        more = f", sasl_method=PLAIN, sasl_username={login}" if login else ""
        return [self.line(service, f"connect from {name}[{address}]"),
                self.line(service, f"{queue_id}: client={name}[{address}]{more}"),
                self.line("cleanup", f"{queue_id}: message-id=<{queue_id.lower()}.{self.number}@{name}>"),
                self.line("qmgr", f"{queue_id}: from=<{sender}>, size={self.random.randrange(800, 90000)}, nrcpt=1 (queue active)"),
                self.line(service, f"disconnect from {name}[{address}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5")]

    def delivery(self, queue_id: str, recipient: str, outcome: str) -> str:
        domain = recipient.split("@")[1]
        words = {"sent": ("2.0.0", f"250 2.0.0 OK  {self.random.randrange(1 << 30)} d{self.random.randrange(1 << 30):x} - gsmtp"),
                 "deferred": ("4.7.1", f"host mx.{domain}[198.51.100.7] said: 451 4.7.1 Greylisting in action, please come back later (in reply to RCPT TO command)")}
        dsn, text = words[outcome]
        return self.line("smtp", f"{queue_id}: to=<{recipient}>, relay=mx.{domain}[198.51.100.7]:25, delay=1.{self.random.randrange(99)}, "
                                 f"delays=0.03/0.01/0.6/0.{self.random.randrange(99)}, dsn={dsn}, status={outcome} ({text})")

    def incoming(self) -> list[str]:
        queue_id, address = self.queue_id(), self.address()
        lines = self.head(queue_id, f"mail.d{self.number % 9000}.example", address, "", f"user{self.number % 777}@d{self.number % 9000}.example")
        lines.append(self.line("lmtp", f"{queue_id}: to=<u{self.number % 300}@own.example>, relay=mx1.own.example[private/dovecot-lmtp], delay=0.2, "
                                       f"delays=0.1/0/0.03/0.07, dsn=2.0.0, status=sent (250 2.0.0 <u@own.example> aBcD{self.number} Saved)"))
        return lines + [self.line("qmgr", f"{queue_id}: removed")]

    def refused(self) -> list[str]:
        address = self.address()
        return [self.line("smtpd", f"connect from unknown[{address}]"),
                self.line("smtpd", f"NOQUEUE: reject: RCPT from unknown[{address}]: 454 4.7.1 <x{self.number}@gone.example>: Relay access denied; "
                                   f"from=<spameri@tiscali.example> to=<x{self.number}@gone.example> proto=ESMTP helo=<WIN-{self.number}>"),
                self.line("smtpd", f"disconnect from unknown[{address}] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4")]

    def outgoing(self, name: str, address: str, login: str, sender: str, outcome: str) -> list[str]:
        queue_id = self.queue_id()
        lines = self.head(queue_id, name, address, login, sender)
        recipient = f"r{self.number % 5000}@to{self.random.randrange(3000)}.example"
        if self.filtered:
            second = self.queue_id()
            lines.append(self.line("smtpd", f"{second}: client=localhost[127.0.0.1]"))
            lines.append(self.line("cleanup", f"{second}: message-id=<{queue_id.lower()}.{self.number - 1}@{name}>"))
            lines.append(self.line("qmgr", f"{second}: from=<{sender}>, size=999, nrcpt=1 (queue active)"))
            lines.append(self.line("smtp", f"{queue_id}: to=<{recipient}>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, "
                                           f"dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {second})"))
            lines.append(self.line("qmgr", f"{queue_id}: removed"))
            queue_id = second
        lines.append(self.delivery(queue_id, recipient, outcome))
        if outcome == "sent":
            lines.append(self.line("qmgr", f"{queue_id}: removed"))
        return lines

    def event(self, progress: float) -> list[str]:
        self.seconds += self.random.expovariate(12)
        kind = self.random.random()
        if kind < 0.45:
            return self.incoming()
        if kind < 0.75:
            return self.refused()
        if kind < 0.90 or progress < 0.66:
            if kind < 0.80:
                self.told["near"] += 1
                return self.outgoing("scanner.own.example", f"192.168.1.{self.random.randrange(40, 60)}", "", "scanner@own.example", "sent")
            self.told["accounts"] += 1
            login = f"u{self.random.randrange(200)}@own.example"
            return self.outgoing("home.provider.example", f"203.0.113.{self.random.randrange(200)}", login, login, "sent")
        outcome = self.random.choice(("sent", "sent", "deferred"))
        self.told["stranger"]["messages"] += 1
        self.told["stranger"][outcome] += 1
        return self.outgoing("unknown", "198.51.100.99", "", f"x{self.number % 50}@forged{self.number % 20}.example", outcome)


class SendmailWriter(Writer):
    """The same mail, as Sendmail tells of it."""

    def line(self, daemon: str, text: str, process: int = 0) -> str:
        self.told["lines"] += 1
        return f"{self.stamp()} mx1 {daemon}[{process or self.random.randrange(1000, 32000)}]: {text}\n"

    def queue_id(self) -> str:
        self.number += 1
        return f"6AM{self.number * 2654435761 % (1 << 40):010X}0"

    def arrival(self, queue_id: str, name: str, address: str, login: str, sender: str) -> list[str]:
        process, lines = self.random.randrange(1000, 32000), []
        relay = f"relay={name} [{address}]"
        if login:
            lines.append(self.line("sm-mta", f"AUTH=server, {relay}, authid={login}, mech=PLAIN, bits=0", process))
        lines.append(self.line("sm-mta", f"{queue_id}: from=<{sender}>, size={self.random.randrange(800, 90000)}, class=0, nrcpts=1, "
                                         f"msgid=<{queue_id.lower()}.{self.number}@{name}>, proto=ESMTPS{'A' if login else ''}, daemon=MTA-v4, {relay}", process))
        return lines

    def went(self, queue_id: str, recipient: str, mailer: str, more: str) -> str:
        return self.line("sm-mta", f"{queue_id}: to=<{recipient}>, delay=00:00:0{self.random.randrange(9)}, xdelay=00:00:01, "
                                   f"mailer={mailer}, pri={self.random.randrange(30000, 99999)}, {more}")

    def incoming(self) -> list[str]:
        queue_id, address = self.queue_id(), self.address()
        lines = self.arrival(queue_id, f"mail.d{self.number % 9000}.example", address, "", f"user{self.number % 777}@d{self.number % 9000}.example")
        return lines + [self.went(queue_id, f"u{self.number % 300}@own.example", "local", "dsn=2.0.0, stat=Sent")]

    def refused(self) -> list[str]:
        queue_id, address = self.queue_id(), self.address()
        return [self.line("sm-mta", f"{queue_id}: ruleset=check_rcpt, arg1=<x{self.number}@gone.example>, relay=[{address}], "
                                    f"reject=550 5.7.1 <x{self.number}@gone.example>... Relaying denied. IP name lookup failed [{address}]"),
                self.line("sm-mta", f"{queue_id}: from=<spameri@tiscali.example>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, relay=[{address}]")]

    def outgoing(self, name: str, address: str, login: str, sender: str, outcome: str) -> list[str]:
        queue_id = self.queue_id()
        lines = self.arrival(queue_id, name, address, login, sender)
        domain = f"to{self.random.randrange(3000)}.example"
        stat = {"sent": f"dsn=2.0.0, stat=Sent (OK  {self.random.randrange(1 << 30)} d{self.random.randrange(1 << 30):x} - gsmtp)",
                "deferred": "dsn=4.7.1, stat=Deferred: 451 4.7.1 Greylisting in action, please come back later"}[outcome]
        return lines + [self.went(queue_id, f"r{self.number % 5000}@{domain}", "esmtp", f"relay=mx.{domain}. [198.51.100.7], {stat}")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("output")
    parser.add_argument("--mebibytes", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--filter", action="store_true", help="a content filter gives outgoing mail back")
    parser.add_argument("--sendmail", action="store_true", help="as Sendmail tells of it")
    arguments = parser.parse_args()
    writer = SendmailWriter(arguments.seed, False) if arguments.sendmail else Writer(arguments.seed, arguments.filter)
    size, wanted = 0, arguments.mebibytes << 20
    with open(arguments.output, "w", encoding="ascii") as log:
        while size < wanted:
            lines: list[str] = []
            block = 0
            while block < BLOCK and size + block < wanted:
                new = writer.event((size + block) / wanted)
                block += sum(map(len, new))
                lines += new
            log.write("".join(lines))
            size += block
    json.dump(writer.told | {"bytes": size}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
