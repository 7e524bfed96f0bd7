#!/usr/bin/python3
"""Makes attempts for real: each in a connection of its own, to the end of its message.

Reads one JSON object a line from standard input (source, address, port, tls, helo, prelude, mail_from,
rcpt_to, token, hops) and writes each back with what the server answered: code, text, at (the last step
made). Without helo neither EHLO nor HELO is said. `prelude` is what goes before the question, in the
program's words.
"""
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from preludes import PRELUDES
from smtp import Connection, Reply

# More connections at once than OpenSMTPD keeps waiting (5) are never greeted.
AT_ONCE = 5
STEP_SECONDS = 30.0

HOP = "Received: from a.example.net by b.example.net; Thu, 01 Jan 2026 00:00:00 +0000\r\n"
MESSAGE = ("From: lab@example.net\r\nTo: lab@example.net\r\nSubject: lab\r\n"
           "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{token}@example.net>\r\n"
           "X-Lab-Token: {token}\r\n\r\nA message of the lab.\r\n.\r\n")


def attempt(wish: dict) -> dict:
    prelude = PRELUDES[wish.get("prelude")]
    try:
        connection = Connection(wish["source"], wish["address"], wish["port"], STEP_SECONDS, wish["tls"],
                                prelude.opening, prelude.certificate)
    except OSError as error:
        return {**wish, "at": "connect", "code": 0, "text": str(error)}
    try:
        return {**wish, **_converse(connection, wish)}
    except OSError as error:
        return {**wish, "at": "cut off", "code": 0, "text": str(error)}
    finally:
        connection.close()


def _converse(connection: Connection, wish: dict) -> dict:
    if connection.greeting.code != 220:
        return _ended("greeting", connection.greeting)
    steps = _steps(wish)
    if wish["tls"] == "starttls":
        connection.say("EHLO " + (wish["helo"] or "probe.club.example"))
        clear = PRELUDES[wish.get("prelude")].before_tls
        if clear:
            return _across_tls(connection, wish, clear)
        connection.start_tls()
    return _said(connection, wish, steps)


def _across_tls(connection: Connection, wish: dict, clear: int) -> dict:
    mail, rcpt = "MAIL FROM:" + wish["mail_from"], "RCPT TO:" + wish["rcpt_to"]
    if clear == 1:
        reply = connection.say(mail)
        if reply.code // 100 != 2:
            return _ended("mail", reply)
        reply = connection.say("STARTTLS")
        if reply.code != 220:
            return _ended("prelude", reply)
        connection.encrypt()
        return _said(connection, wish, [("rcpt", rcpt), ("data", "DATA")])
    reply = connection.say(f"STARTTLS\r\n{mail}\r\n{rcpt}")
    if reply.code != 220:
        return _ended("prelude", reply)
    connection.encrypt()
    answers = connection.unasked(2)
    if len(answers) < 2 or answers[0].code // 100 != 2:
        return _ended("prelude", Reply(503, "what came in clear was dropped") if not answers else answers[0])
    if answers[1].code // 100 != 2:
        return _ended("rcpt", answers[1])
    return {**_said(connection, wish, [("data", "DATA")]), "rcpt_code": answers[1].code}


def _said(connection: Connection, wish: dict, steps: list[tuple[str, str]]) -> dict:
    accepted = {}
    for name, command in steps:
        reply = connection.say(command)
        if not _goes_on(name, reply, wish):
            connection.leave()
            return {**_ended(name, reply), **accepted}
        if name == "rcpt":
            accepted = {"rcpt_code": reply.code}
    end = _ended("message", connection.send((HOP * wish["hops"] + MESSAGE.format(token=wish["token"])).encode()))
    connection.leave()
    return {**end, **accepted}


def _steps(wish: dict) -> list[tuple[str, str]]:
    prelude = PRELUDES[wish.get("prelude")]
    hello = [("helo", f"{prelude.hello} {wish['helo']}")] if wish["helo"] is not None else []
    steps = list(hello)
    for command in prelude.commands:
        steps.append(("prelude", command))
        if command.startswith("XCLIENT"):
            steps += hello
    steps += [("mail", "MAIL FROM:" + wish["mail_from"]),
              *(("after", "RCPT TO:" + recipient) for recipient in wish.get("after", ())),
              ("rcpt", "RCPT TO:" + wish["rcpt_to"]), ("data", "DATA")]
    return steps


def _goes_on(step: str, reply: Reply, wish: dict) -> bool:
    if step == "prelude":
        return reply.code // 100 == 2 or not PRELUDES[wish.get("prelude")].must_be_taken
    return step == "after" or 0 < reply.code < 400


def _ended(step: str, reply: Reply) -> dict:
    return {"at": step, "code": reply.code, "text": reply.text}


def main() -> None:
    wishes = [json.loads(line) for line in sys.stdin]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(attempt, wishes):
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
