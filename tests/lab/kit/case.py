"""One configuration of one MTA, with what is to be expected of it."""
import json
from dataclasses import dataclass, field
from pathlib import Path

from kit.addresses import CLIENTS, Host
from kit.mta import MTAS, Mta

LAB = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path
    mta: Mta
    verdict: str
    exits: list[int]
    client: Host
    arguments: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=lambda: [25])
    lookalike: bool = False
    """The server takes mail for anywhere and delivers none: at RCPT nobody can tell."""
    relays: list[str] = field(default_factory=list)
    must_not_relay: list[str] = field(default_factory=list)
    helper: str | None = None
    """A program of the case's folder in `filters/` that runs beside the MTA."""

    def files(self, for_truth: bool) -> list[Path]:
        """Where the server's files come from; later folders win."""
        truth = self.folder / "truth"
        return [LAB / "common" / self.mta.name, self.folder] + ([truth] if for_truth and truth.is_dir() else [])

    def needs_other_files_for_truth(self) -> bool:
        return (self.folder / "truth").is_dir()

    def to(self) -> str | None:
        """The outside mailbox that this case asks for, if it names one."""
        return self.arguments[self.arguments.index("--to") + 1] if "--to" in self.arguments else None


def all_cases() -> list[Case]:
    return [_read(path.parent) for path in sorted((LAB / "cases").glob("*/*/expected.json"))]


def _read(folder: Path) -> Case:
    expected = json.loads((folder / "expected.json").read_text())
    expected["exits"] = expected.pop("exit")
    expected["client"] = CLIENTS[expected.get("client", "probe")]
    mta = MTAS[folder.parent.name]
    return Case(name=f"{mta.name}/{folder.name}", folder=folder, mta=mta, **expected)
