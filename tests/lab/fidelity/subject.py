"""How the program is asked about Postfix."""
from dataclasses import dataclass

from fidelity.program import INTERFACES, LINK_LOCAL, Program, Subject
from fidelity.visit import target_of
from kit.addresses import SERVER

POSTFIX = Subject("/etc/postfix", "3.7", ("client", "ptr", "ptr_confirmed", "helo", "auth", "port", "mail_from", "rcpt_to", "after",
                                          "headers", "tls", "client_cert"), (*INTERFACES, LINK_LOCAL), 120)


@dataclass(frozen=True)
class PostfixProgram(Program):
    subject: Subject = POSTFIX

    def as_asked(self, attempt: dict) -> dict:
        """XCLIENT changes who the client is, and not which of the server's addresses he was connected with: see dialogue.py."""
        return {**super().as_asked(attempt), "server": target_of(attempt) if attempt.get("real") else SERVER.ipv4}
