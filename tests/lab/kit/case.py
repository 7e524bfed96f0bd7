"""One configuration of one MTA, with what is to be expected of it."""
import json
from dataclasses import dataclass, field
from pathlib import Path

from kit.addresses import CLIENTS, SERVER, Host
from kit.machine import Machine
from kit.mta import MTAS, Mta
from kit.world import PYTHON, World

LAB = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Case:
    name: str
    number: int
    """Its place among the cases of its MTA."""
    folder: Path
    mta: Mta
    verdicts: list[str]
    """Those that are right; where an honest prober may say several, the README says why."""
    exits: list[int]
    client: Host
    arguments: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=lambda: [25])
    """Which doors the server has, and the lab's own forms are tried at."""
    lookalike: bool = False
    """The server takes mail for anywhere and delivers none: at RCPT nobody can tell."""
    relays: list[str] = field(default_factory=list)
    """Techniques that have to be found."""
    must_not_relay: list[str] = field(default_factory=list)
    """Techniques that must not be called relays; `*` are all that `relays` does not name."""
    within: float | None = None
    """How many seconds the program may take."""
    canary: bool = False
    """Messages are delivered: the program's canary runs outside, and is what proves."""
    evidence: str | None = None
    """What the program's verdict has to rest on."""
    helper: list[str] = field(default_factory=list)
    """A program of `beside/`, with its arguments, that runs on the server's machine beside the MTA."""

    def machine(self, world: World, root: Path) -> Machine:
        return Machine(world, root, self.mta, self._folders(), self._beside(), self.ports)

    def machine_for_truth(self, world: World, root: Path) -> Machine | None:
        """The same server without the limits that would refuse a replay, where it has some."""
        truth = self.folder / "truth"
        if not truth.is_dir():
            return None
        return Machine(world, root, self.mta, [*self._folders(), truth], self._beside(), self.ports)

    def _folders(self) -> list[Path]:
        common = LAB / "common" / self.mta.name
        return [folder for folder in (common, self.folder) if folder.is_dir()]

    def _beside(self) -> list[str]:
        return [PYTHON, str(LAB / "beside" / self.helper[0]), *self.helper[1:]] if self.helper else []

    def to(self) -> str | None:
        """The outside mailbox that this case asks for, if it names one."""
        return self.arguments[self.arguments.index("--to") + 1] if "--to" in self.arguments else None


def all_cases() -> list[Case]:
    return [_read(path.parent, number) for mta in MTAS
            for number, path in enumerate(sorted((LAB / "cases" / mta).glob("*/expected.json")))]


def _read(folder: Path, number: int) -> Case:
    expected = json.loads((folder / "expected.json").read_text())
    expected["verdicts"] = expected.pop("verdict").split(" or ")
    expected["exits"] = expected.pop("exit")
    expected["client"] = {**CLIENTS, "server": SERVER}[expected.get("client", "probe")]
    mta = MTAS[folder.parent.name]
    return Case(name=f"{mta.name}/{folder.name}", number=number, folder=folder, mta=mta, **expected)
