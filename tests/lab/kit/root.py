"""The file systems of the servers: one minimal Debian and, above it, one folder for each MTA.

The four packages conflict with each other, so none is installed: each is unpacked, with the libraries
it needs, into a folder of its own that a run lays over the common base.
"""
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

BASE_PACKAGES = ["m4", "netbase", "openssl", "procps"]
MTA_PACKAGES = {
    "postfix": ["postfix", "postfix-pcre"],
    "exim": ["exim4-daemon-heavy"],
    "sendmail": ["sendmail-bin", "sendmail-base", "sendmail-cf"],
    "opensmtpd": ["opensmtpd"],
}
# What the packages' own install scripts would have created; unpacking does not run them.
GROUPS = {"postdrop": 901, "smmsp": 902}
USERS = {"postfix": 910, "Debian-exim": 911, "smmta": 912, "smmsp": 913, "opensmtpd": 914,
         "opensmtpq": 915, "alice": 1000}


def cache_folder() -> Path:
    return Path(os.environ.get("RELAYPROOF_LAB_CACHE", "/var/cache/relayproof-lab"))


def ready_root() -> Path:
    """The cached root, built now if there is none for exactly these packages and this script."""
    wanted = cache_folder() / f"root-{_key()}"
    if wanted.is_dir():
        return wanted
    wanted.parent.mkdir(parents=True, exist_ok=True)
    for old in wanted.parent.glob("building-*"):
        shutil.rmtree(old)
    # Built beside its place and renamed, so that an interrupted build is never taken for a root.
    building = Path(tempfile.mkdtemp(prefix="building-", dir=wanted.parent))
    try:
        _build(building)
        building.chmod(0o755)
        building.rename(wanted)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return wanted


def _key() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(_release().encode())
    return digest.hexdigest()[:16]


def _release() -> str:
    return platform.freedesktop_os_release()["VERSION_CODENAME"]


def _build(folder: Path) -> None:
    base = folder / "base"
    mirror = _mirror()
    print(f"lab: building the servers' root in {folder} (about two minutes, once)", flush=True)
    _run(["debootstrap", "--variant=minbase", "--include=" + ",".join(BASE_PACKAGES),
          _release(), str(base), mirror])
    (base / "etc/apt/sources.list").write_text("".join(_sources()))
    _add_users(base)
    _run(["chroot", str(base), "apt-get", "-q", "update"])
    for mta, packages in MTA_PACKAGES.items():
        _unpack(base, folder / mta, packages)
    _run(["chroot", str(base), "apt-get", "-q", "clean"])
    shutil.rmtree(base / "var/lib/apt/lists")


def _unpack(base: Path, target: Path, packages: list[str]) -> None:
    archives = base / "var/cache/apt/archives"
    _run(["chroot", str(base), "apt-get", "-q", "clean"])
    _run(["chroot", str(base), "apt-get", "-q", "-y", "--no-install-recommends",
          "--download-only", "install", *packages])
    target.mkdir()
    for package in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(target)])
    for name in ("bin", "sbin", "lib", "lib64"):
        _merge_into_usr(target, name)


def _merge_into_usr(target: Path, name: str) -> None:
    """The base has /lib as a link to usr/lib; a real folder laid over it would hide all that is behind it."""
    if (target / name).is_dir():
        (target / "usr").mkdir(exist_ok=True)
        shutil.copytree(target / name, target / "usr" / name, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(target / name)


def _add_users(base: Path) -> None:
    ids = {**USERS, **GROUPS}
    with open(base / "etc/group", "a") as group:
        group.writelines(f"{name}:x:{number}:\n" for name, number in ids.items())
    with open(base / "etc/passwd", "a") as passwd:
        passwd.writelines(f"{name}:x:{number}:{ids[name]}::/var/empty:/bin/sh\n"
                          for name, number in USERS.items())
    with open(base / "etc/shadow", "a") as shadow:
        shadow.writelines(f"{name}:!:19000::::::\n" for name in USERS)
    (base / "var/empty").mkdir(mode=0o755)


def _targets() -> list[tuple[str, str]]:
    """The (address, suite) pairs of Debian's own archives that this machine's apt is set up with."""
    lines = _run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI) $(RELEASE)",
                  "Created-By: Packages"]).splitlines()
    found = {tuple(line.split()[1:]) for line in lines if line.startswith("Debian ")}
    if not found:
        raise RuntimeError("apt knows no Debian archive: run `apt-get update` once")
    return sorted(found)


def _mirror() -> str:
    return next(address for address, suite in _targets() if suite == _release())


def _sources() -> list[str]:
    return [f"deb {address} {suite} main\n" for address, suite in _targets()]


def _run(command: list[str]) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")
    return done.stdout
