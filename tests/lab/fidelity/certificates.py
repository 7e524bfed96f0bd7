"""The lab's own authority, the server's certificate, and two that clients show: of that authority, and of nobody."""
import ssl
import subprocess
from pathlib import Path

INSIDE = "etc/ssl/lab"
DAYS = "30"


def make(folder: Path) -> None:
    """Writes ca, server, trusted and self-signed, each as .pem and .key."""
    folder.mkdir()
    _self_signed(folder, "ca", "Lab Authority")
    _self_signed(folder, "self-signed", "stranger.example")
    for name, subject in (("server", "mail.example.com"), ("trusted", "pc1.example.com")):
        _openssl("req", *_key(folder, name), "-subj", f"/CN={subject}", "-out", str(folder / "request"))
        _openssl("x509", "-req", "-in", str(folder / "request"), "-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key"),
                 "-CAcreateserial", "-days", DAYS, "-out", str(folder / f"{name}.pem"))


def client_context(folder: Path, shows: str) -> ssl.SSLContext:
    """`shows`: none, self-signed or trusted. Whose certificate the server has is not the question."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if shows != "none":
        context.load_cert_chain(folder / f"{shows}.pem", folder / f"{shows}.key")
    return context


def _self_signed(folder: Path, name: str, subject: str) -> None:
    _openssl("req", "-x509", *_key(folder, name), "-days", DAYS, "-subj", f"/CN={subject}", "-out", str(folder / f"{name}.pem"))


def _key(folder: Path, name: str) -> list[str]:
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(folder / f"{name}.key")]


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
