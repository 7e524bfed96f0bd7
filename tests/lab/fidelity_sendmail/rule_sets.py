#!/usr/bin/python3
"""Holds our interpreter of rule sets against `sendmail -bt`: the same configuration, the same address, every line."""
import argparse
import ipaddress
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True

from fidelity_sendmail import vocabulary as words  # noqa: E402
from fidelity_sendmail.generate import Configuration, Maker  # noqa: E402
from kit.root import ready_root  # noqa: E402

# Their answers come from the DNS, and `-bt` runs where there is none.
WITHOUT = ("dnsbl", "relay_based_on_MX", "badmx")
HOSTS = ["mail.example.com", "mx.example.net", "localhost", "example.net", "club.example", "sub.example.net", "in.relayed.example"]
TRANSLATE = "STranslate\nR$* $$| $*\t\t$: $1 $| $2\n"
INSIDE = """set -e
mount -t overlay overlay -o lowerdir={root}/sendmail:{root}/base,upperdir={work}/upper,workdir={work}/work {work}/all
mount -t proc proc {work}/all/proc
mount --bind /dev {work}/all/dev
hostname mail.example.com
ip link set lo up; ip link add eth0 type veth peer name eth1; ip link set eth0 up
ip address add 192.0.2.25/24 dev eth0; ip address add 192.0.2.26/24 dev eth0; ip address add 2001:db8:25::25/64 dev eth0 nodad
cp -r {folder}/. {work}/all/
exec chroot {work}/all /bin/sh -c '
cd /etc/mail; : >> m4/dialup.m4; : >> m4/provider.m4
m4 sendmail.mc > sendmail.cf
printf "hosts files\\naliases files\\n" > service.switch-bt
{{ echo "O ServiceSwitchFile=/etc/mail/service.switch-bt"; cat translate; }} >> sendmail.cf
for table in access virtusertable mailertable domaintable; do
    for kind in hash btree; do
        if [ -f $table ] && grep -q "$kind .*/$table" sendmail.cf; then /usr/libexec/sendmail/makemap $kind $table < $table; fi
    done
done
/usr/libexec/sendmail/sendmail -bi > /dev/null
/usr/libexec/sendmail/sendmail -bt -C/etc/mail/sendmail.cf < commands > said 2>&1'
"""


def commands(seed: int, number: int, count: int) -> list[str]:
    dice = random.Random(f"commands {seed} {number}")
    plain = [f"<{each}>" for each in words.RECIPIENTS + words.OUTSIDE] + words.ODD
    made = []
    for _ in range(count):
        client, name, confirmed = dice.choice(words.CLIENTS)
        address = f"IPv6:{expanded(client)}" if ":" in client else client
        name = name or f"[{address}]"
        resolve = "OK" if confirmed else "FAIL" if name[0] == "[" else "FORGED"
        sender = dice.choice(words.FROM + words.ODD_FROM)
        made += [f".D{{client_addr}}{address}", f".D{{client_name}}{name}", f".D{{client_resolve}}{resolve}",
                 f".D{{client_ptr}}{name}", f".D{{auth_type}}{dice.choice(['', '', 'PLAIN', 'CRAM-MD5'])}",
                 f".D{{auth_authen}}{dice.choice(['', 'alice'])}", f".D{{verify}}{dice.choice(['NO', 'OK', 'FAIL'])}",
                 f".D{{cert_issuer}}/CN=ca", f".D{{daemon_flags}}{dice.choice(['', '', 'a', 'u', 'f'])}", f".Df{sender.strip('<>')}",
                 f".D{{mail_host}}{dice.choice(['example.net.', 'localhost', 'example.com.'])}", ".D{addr_type}e r",
                 f".Ds{dice.choice(words.HELOS)}"]
        recipient = dice.choice(plain) if dice.random() < 0.85 else mutated(dice, dice.choice(plain))
        made += [f"Translate,check_relay {name} $| {address}", f"check_mail {sender}", f"check_rcpt {recipient}",
                 f"3,0 {recipient}", f"/parse {recipient}", f"canonify,1,4 {sender}"]
    return made


def mutated(dice: random.Random, text: str) -> str:
    letters = list(text)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(letters) + 1)
        letters[at:at + dice.randint(0, 1)] = dice.choice(['"', "\\", "(", ")", "<", ">", "@", "%", "!", ":", ".", " ", "a", "@@", "..", ";"])
    return "".join(letters)


def expanded(address: str) -> str:
    return ":".join(f"{int(group, 16):x}" for group in ipaddress.ip_address(address).exploded.split(":"))


def said_by_sendmail(root: Path, configuration: Configuration, asked: list[str], scratch: Path) -> list[list[str]]:
    folder, work = scratch / "folder", scratch / "work"
    configuration.write(folder)
    (folder / "etc/mail/commands").write_text("".join(f"{line}\n" for line in asked))
    (folder / "etc/mail/translate").write_text(TRANSLATE)
    (folder / "etc/hosts").write_text("127.0.0.1 localhost\n192.0.2.25 mail.example.com\n" +
                                      "".join(f"198.51.100.25 {name}\n" for name in HOSTS[1:] if name != "localhost"))
    work.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "bt", str(work)], check=True)
    try:
        for name in ("upper", "work", "all"):
            (work / name).mkdir()
        script = INSIDE.format(root=root, work=work, folder=folder)
        done = subprocess.run(["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "/bin/sh", "-c", script],
                              capture_output=True, text=True, check=False)
        said = work / "upper/etc/mail/said"
        if not said.exists():
            raise RuntimeError(done.stdout + done.stderr)
        shutil.copytree(work / "upper/etc", folder / "etc", dirs_exist_ok=True, ignore=shutil.ignore_patterns("said", "tls"))
        shutil.copyfile(root / "base/etc/passwd", folder / "etc/passwd")
        text = said.read_text(errors="replace")
    finally:
        subprocess.run(["umount", str(work)], check=True)
    return cut(text)


def cut(text: str) -> list[list[str]]:
    """What was said to each command: a prompt stands before each, and some say nothing."""
    parts: list[list[str]] = []
    for line in text.splitlines():
        while line.startswith("> "):
            parts.append([])
            line = line[2:]
        if parts and line:
            parts[-1].append(line)
    return parts


def said_by_us(program: str, folder: Path, asked: list[str], names: Path) -> list[list[str]]:
    done = subprocess.run([program, "/etc/mail/sendmail.cf", str(folder), str(names)], input="".join(f"{line}\n" for line in asked),
                          capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return [part[1:] for part in cut(done.stdout)]


def plain(lines: list[str]) -> list[str]:
    """Without what is said beside the rules."""
    found = []
    for line in lines:
        if re.match(r"\S+ {1,16}(  input|returns):", line) or re.match(r".{16} (  input|returns):", line):
            # Whether a host's name is written as the client wrote it is up to the DNS.
            found.append(re.sub(r"\s+", " ", line).strip().lower())
        elif line.startswith("mailer "):
            found.append("error" if line.startswith("mailer *error*") else line.lower())
        elif line.startswith(("error ", "Cannot parse")):
            found.append("error")
    return found


def both_complain(theirs: list[str], ours: list[str]) -> bool:
    """A client would have heard it and no more; `-bt` goes on."""
    said = [line.split(" ", 2)[2] for line in ours if line.startswith("error ")]
    return any(text and line.endswith(f"... {text}") for text in said for line in theirs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the built sendmail_rules")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=int, default=0)
    parser.add_argument("--configurations", type=int, default=40)
    parser.add_argument("--addresses", type=int, default=60)
    parser.add_argument("--shown", type=int, default=8)
    arguments = parser.parse_args()
    root, pairs, differ = ready_root(), 0, 0
    for number in range(arguments.begin, arguments.begin + arguments.configurations):
        configuration = Maker(arguments.seed, number).make()
        configuration.mc = "".join(line for line in configuration.mc.splitlines(keepends=True)
                                   if not any(each in line for each in WITHOUT))
        asked = commands(arguments.seed, number, arguments.addresses)
        with tempfile.TemporaryDirectory(prefix="rules-") as name:
            scratch = Path(name)
            names = scratch / "names"
            names.write_text("".join(f"{each}\n" for each in HOSTS + ["[127.0.0.1]", "[192.0.2.25]"]))
            theirs = said_by_sendmail(root, configuration, asked, scratch)
            ours = said_by_us(arguments.program, scratch / "folder", asked, names)
            for command, one, other in zip(asked, theirs, ours):
                if command.startswith("."):
                    continue
                pairs += 1
                if plain(one) == plain(other) or both_complain(one, other):
                    continue
                differ += 1
                if differ <= arguments.shown:
                    show(number, command, one, other)
            if len(theirs) < len(asked):
                print(f"{number}: sendmail answered {len(theirs)} of {len(asked)}")
    print(f"rules: {pairs} runs on {arguments.configurations} configurations held against sendmail -bt, {differ} differ")
    return 1 if differ else 0


def show(number: int, command: str, theirs: list[str], ours: list[str]) -> None:
    print(f"--- {number}: {command}")
    one, other = plain(theirs), plain(ours)
    at = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    for line in one[max(0, at - 2):at]:
        print(f"      {line}")
    print("   sendmail:", *one[at:at + 2], sep="\n      ")
    print("   relayproof:", *other[at:at + 2], sep="\n      ")
    print("   beside:", *[line for line in theirs if line not in plain(theirs) and "input:" not in line and "returns:" not in line][:3],
          *[line for line in ours if line.startswith("trouble")], sep="\n      ")


if __name__ == "__main__":
    sys.exit(main())
