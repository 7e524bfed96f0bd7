"""Takes away from a configuration, and from an attempt, what a disagreement does not need."""
import re
import shutil
import tempfile
from pathlib import Path
from typing import Callable

from fidelity.ask import Running
from fidelity.compare import compare, written_in
from fidelity.configuration import PLUMBING
from fidelity.program import Failed, Program
from fidelity.server import SETTINGS, Server
from fidelity.world import WideWorld

ROUNDS = 3
_KEPT_LINES = re.compile(r"^(%s) =" % "|".join(map(re.escape, [*PLUMBING, "alias_maps", "smtpd_sasl_type", "smtpd_sasl_path"])))
Texts = dict[str, str]
Still = Callable[[Texts, dict], bool]


def minimise(world: WideWorld, server: Server, program: Program, root: Path, attempt: dict, kind: str,
             owned: list[str]) -> tuple[Texts, dict]:
    """Files (below the root) and attempt that still disagree in this kind."""
    texts = {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*"))
             if path.is_file() and path.suffix != ".db"}

    def still(texts: Texts, attempt: dict) -> bool:
        return kind in disagreement(world, server, program, texts, attempt, owned)

    if not still(texts, attempt):
        return texts, attempt
    for _ in range(ROUNDS):
        before = (texts, attempt)
        attempt = _simpler_attempt(texts, attempt, still)
        for name in sorted(texts, key=lambda name: not name.endswith(".cf")):
            texts = _fewer_lines(texts, name, attempt, still)
        texts = _shorter_values(texts, attempt, still)
        texts = _named_files(texts, attempt, still)
        if (texts, attempt) == before:
            break
    return texts, attempt


def disagreement(world: WideWorld, server: Server, program: Program, texts: Texts, attempt: dict, owned: list[str]) -> tuple[str, ...]:
    """In what the two differ; empty if they agree, or the program does not answer."""
    folder = Path(tempfile.mkdtemp(prefix="minimise-"))
    try:
        write_texts(folder, texts)
        with Running(world, server, folder) as running:
            real = running.answers([attempt])[0]
        ours = program.explain(folder, [attempt])[0]
        return compare(attempt, real, ours, owned, written_in(folder)).kinds
    except (Failed, OSError, ValueError):
        return ()
    finally:
        shutil.rmtree(folder)


def write_texts(folder: Path, texts: Texts) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _simpler_attempt(texts: Texts, attempt: dict, still: Still) -> dict:
    plain = {"helo": "club.example", "mail_from": "<>", "client": "203.0.113.9", "port": 25}
    for name in ("after", "headers", "auth", "client_cert", "tls", "ptr_confirmed", "ptr", "verb", "real"):
        if name in attempt:
            fewer = {key: value for key, value in attempt.items() if key != name}
            attempt = fewer if still(texts, fewer) else attempt
    for name, value in plain.items():
        changed = {**attempt, name: value}
        if attempt.get(name) != value and still(texts, changed):
            attempt = changed
    return attempt


def _fewer_lines(texts: Texts, name: str, attempt: dict, still: Still) -> Texts:
    """First halves, then quarters, and so on to single lines; a line and its continuation are one."""
    units = re.findall(r"[^\n]*\n(?:[ \t][^\n]*\n)*", texts[name]) if name.endswith("main.cf") else texts[name].splitlines(keepends=True)
    size = max(len(units) // 2, 1)
    while True:
        start = 0
        while start < len(units):
            rest = units[:start] + units[start + size:]
            removed = units[start:start + size]
            changed = {**texts, name: "".join(rest)}
            if not any(map(_is_plumbing, removed)) and still(changed, attempt):
                texts, units = changed, rest
            else:
                start += size
        if size == 1:
            return texts
        size //= 2


def _is_plumbing(line: str) -> bool:
    return bool(_KEPT_LINES.match(line)) or (" unix " in line)


def _shorter_values(texts: Texts, attempt: dict, still: Still) -> Texts:
    """Each word of each list is tried without, alone and with the next, its argument."""
    name = f"{SETTINGS}/main.cf"
    done = 0
    while True:
        lines = re.findall(r"[^\n]*\n(?:[ \t][^\n]*\n)*", texts[name])
        candidates = [(number, begin, end) for number, line in enumerate(lines) if not _is_plumbing(line)
                      for begin, end in _words(line)]
        if done >= len(candidates):
            return texts
        number, begin, end = candidates[done]
        line = lines[number]
        shorter = re.sub(r"[\s,]+", " ", line[:begin] + " " + line[end:]).strip() + "\n"
        changed = {**texts, name: "".join([*lines[:number], shorter, *lines[number + 1:]])}
        if still(changed, attempt):
            texts = changed
        else:
            done += 1


def _words(line: str) -> list[tuple[int, int]]:
    equals = line.find("=")
    words = [(found.start() + equals + 1, found.end() + equals + 1) for found in re.finditer(r"[^\s,]+", line[equals + 1:])]
    if len(words) < 2:
        return []
    return words + [(first[0], second[1]) for first, second in zip(words, words[1:])]


def _named_files(texts: Texts, attempt: dict, still: Still) -> Texts:
    for name in list(texts):
        if not name.endswith(".cf") and name != "etc/aliases":
            fewer = {key: value for key, value in texts.items() if key != name}
            texts = fewer if still(fewer, attempt) else texts
    return texts
