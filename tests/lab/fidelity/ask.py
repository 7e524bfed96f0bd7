"""Asks the real Postfix: one configuration, its attempts, and what became of each."""
import secrets
import shutil
from pathlib import Path

from fidelity.comparison import NOT_ANSWERED
from fidelity.dialogue import Dialogue
from fidelity.fates import fate_of, fates
from fidelity.recorded import read_lines  # noqa: F401  fidelity_sendmail has it from here
from fidelity.server import SETTINGS, Server
from fidelity.world import WideWorld


class Running:
    """One configuration, running from `with` until the next one is started."""

    def __init__(self, world: WideWorld, server: Server, root: Path):
        self._world, self._server, self._root = world, server, root

    def __enter__(self) -> "Running":
        self._server.start(self._root)
        self._dialogue = Dialogue(self._world, self._server)
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def answers(self, attempts: list[dict]) -> list[dict]:
        """What the client heard and where the mail went, one answer for each attempt."""
        tokens = [secrets.token_hex(8) for _ in attempts]
        replies = [self._dialogue.make(attempt, token) for attempt, token in zip(attempts, tokens)]
        found = fates(self._world, self._server)
        self._bring_indexes()
        return [{**reply, **({} if reply["at"] in NOT_ANSWERED else fate_of(reply, token, found))}
                for reply, token in zip(replies, tokens)]

    def complaints(self) -> list[str]:
        """What the server complained of, each thing once."""
        found = dict.fromkeys(line.split("]: ", 1)[-1] for line in self._server.words()
                              if ": warning: " in line or ": fatal: " in line)
        return list(found)[:20]

    def _bring_indexes(self) -> None:
        """The program has to see the indexed files that the server sees."""
        for built in self._server.file(SETTINGS).glob("*.db"):
            shutil.copyfile(built, self._root / SETTINGS / built.name)
        shutil.copyfile(self._server.file("etc/aliases.db"), self._root / "etc/aliases.db")
