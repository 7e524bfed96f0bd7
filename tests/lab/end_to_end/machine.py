"""A server with the program on it, and real users with passwords."""
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from kit.machine import Machine
from kit.mta import MTAS
from kit.root import cache_folder
from kit.world import World

from end_to_end.cases import Case

COMMON = Path(__file__).resolve().parent.parent / "common/postfix/master.cf"
SASL_PACKAGES = ["libsasl2-modules", "sasl2-bin"]
LOGIN, PASSWORD = "alice@example.com", "correct horse"
SASL = "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n"
HERE = "/opt/relayproof"


def sasl_files() -> Path:
    """Cyrus SASL's mechanisms and its tool, unpacked once."""
    folder = cache_folder() / "sasl"
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        subprocess.run(["apt-get", "-q", "download", *SASL_PACKAGES], cwd=scratch, check=True, capture_output=True)
        built = Path(scratch) / "files"
        for package in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(built)], check=True)
        built.rename(folder)
    return folder


def stage(case: Case, folder: Path) -> Path:
    """The files of /etc/postfix."""
    folder.mkdir(parents=True)
    (folder / "main.cf").write_text(case.main)
    (folder / "master.cf").write_text(COMMON.read_text() + case.master)
    for name, text in case.files.items():
        (folder / name).write_text(text)
    return folder


class Server:
    """The machine of one case, from `with` to the end of its block."""

    def __init__(self, world: World, root: Path, case: Case, program: Path, scratch: Path):
        files = stage(case, Path(tempfile.mkdtemp(dir=scratch)) / "postfix")
        self.machine = Machine(world, root, MTAS["postfix"], [files], [], [25])
        self._case = case
        self._program = program

    def __enter__(self) -> "Server":
        self.machine.__enter__()
        try:
            self._install()
        except BaseException:
            self.machine.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.machine.__exit__()

    def put_program(self) -> None:
        """The program and the libraries it needs, where nothing else is."""
        root = self.machine.root()
        target = root / HERE.lstrip("/")
        target.mkdir(exist_ok=True)
        shutil.copy(self._program, target / "relayproof")
        linked = subprocess.run(["ldd", str(self._program)], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+)", linked):
            shutil.copy(library, target)

    def _install(self) -> None:
        self.put_program()
        root = self.machine.root()
        shutil.copytree(sasl_files() / "usr", root / "usr", dirs_exist_ok=True, symlinks=True)
        sasl = root / "etc/postfix/sasl"
        sasl.mkdir(exist_ok=True)
        (sasl / "smtpd.conf").write_text(SASL)
        self.machine.run("sh", "-c", f"echo '{PASSWORD}' | saslpasswd2 -p -c -u example.com alice; "
                         "chown postfix /etc/sasldb2")
        for name in self._case.maps:
            self.machine.run("postmap", f"/etc/postfix/{name}")
        self.machine.run("postfix", "reload")

    def relayproof(self, *words: str) -> tuple[int, str]:
        """Exit status and both outputs of the program, run on the server."""
        loader = f"{HERE}/ld-linux-x86-64.so.2"
        command = " ".join([loader, "--library-path", HERE, f"{HERE}/relayproof", *words])
        said = self.machine.run("sh", "-c", f"{command} 2>&1; echo $?")
        text, _, status = said.rstrip("\n").rpartition("\n")
        return int(status), text

    def check(self, *words: str) -> tuple[int, dict]:
        """Exit status and report of `check` on the server."""
        status, text = self.relayproof("check", "--quiet", "--format", "json", *words)
        try:
            return status, json.loads(text)
        except ValueError as error:
            raise RuntimeError(f"check ended with {status}: {text[-2000:]}") from error
