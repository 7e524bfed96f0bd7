"""Makes the attempts of one configuration on its running server, and finds out where the mail went."""
import re

from fidelity.session import Closed
from fidelity.world import WideWorld
from fidelity_exim.ask import NotRunning, _make
from fidelity_sendmail.server import SendmailServer

_DELIVERY = re.compile(r"\b(?P<id>[0-9A-Za-z]{14}\d*): to=(?P<to>.*?), (?:ctladdr=.*?, )?delay=.*?, (?:xdelay=\S+, )?"
                       r"mailer=(?P<mailer>[^,]+),.* stat=(?P<stat>.*)$")
_ACCEPTED = re.compile(r"(\w{14,}) Message accepted")


def answers(world: WideWorld, server: SendmailServer, attempts: list[dict]) -> list[dict]:
    """What the client heard and where the mail went, one for each attempt."""
    told = []
    for attempt in attempts:
        try:
            told.append(_make(world, server, attempt))
        except NotRunning as error:
            return [{"at": "not running", "text": str(error)}] * len(attempts)
        except (Closed, OSError) as error:
            told.append({"at": "cut off", "text": str(error)})
    settled = server.settle()
    sunk: dict[str, list[str]] = {}
    for line in world.newly_relayed():
        sunk.setdefault(line["token"], []).append(line["rcpt_to"])
    log: dict[str, list[re.Match]] = {}
    for line in server.log_lines():
        if match := _DELIVERY.search(line):
            log.setdefault(match["id"], []).append(match)
    return [{**reply, **_fate(reply, log, sunk, settled)} for reply in told]


def _fate(reply: dict, log: dict[str, list[re.Match]], sunk: dict[str, list[str]], settled: bool) -> dict:
    if reply.get("at") != "message" or reply["code"] >= 400:
        return {"fate": "refused"}
    accepted = _ACCEPTED.search(reply["text"])
    fates, to = set(), []
    for match in log.get(accepted[1], []) if accepted else []:
        if not match["stat"].startswith("Sent"):
            fates.add("dropped")
        elif match["mailer"] in ("local", "prog", "*file*", "procmail"):
            fates.add("local")
        else:
            fates.add("handed-on")
            to += [each.strip("<>").lower() for each in match["to"].split(",")]
    fate = next((each for each in ("handed-on", "local") if each in fates), "dropped")
    return {"fate": fate, "to": sorted(set(to)), "sunk": sorted(sunk.get(reply["token"], [])), "settled": settled,
            "fates": sorted(fates)}
