"""A mail server on loopback that fails as it is told to (故障するメールサーバー)."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Faults:
    """What goes wrong: by the number of the message, or by its recipient."""

    refuse_every: int = 0  # 451 to every n-th DATA
    drop_every: int = 0  # the line is cut after every n-th DATA was taken
    dead: frozenset[str] = frozenset()  # 550 to these recipients
    full: frozenset[str] = frozenset()  # 450 to these recipients
    poison: frozenset[str] = frozenset()  # 554 to what is said to these
    busy: frozenset[str] = frozenset()  # 421 to these recipients
    at_recipient: Callable[[], object] = int  # done when a recipient is named


@dataclass
class Post:
    """What the server took (受け取ったメール): each with its recipients."""

    faults: Faults = field(default_factory=Faults)
    taken: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    said: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(mail["Message-ID"]) for _to, mail in self.taken)

    def recipients(self) -> list[str]:
        """To whom, in the order of arrival."""
        return [recipient for to, _mail in self.taken for recipient in to]

    async def handle_RCPT(  # noqa: N802 - named by the library
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.faults.at_recipient()
        if address in self.faults.dead:
            return "550 5.1.1 no such mailbox"
        if address in self.faults.full:
            return "450 4.2.2 mailbox full"
        if address in self.faults.busy:
            return "421 4.3.2 busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - named by the library
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        with self.lock:
            self.said += 1
            number = self.said
        if set(envelope.rcpt_tos) & self.faults.poison:
            return "554 5.6.0 not wanted"
        if self.faults.refuse_every and number % self.faults.refuse_every == 0:
            return "451 4.3.0 try again later"
        with self.lock:
            self.taken.append((tuple(envelope.rcpt_tos), mail))
        if self.faults.drop_every and number % self.faults.drop_every == 0:
            self.dropped.append(str(mail["Message-ID"]))
            assert server.transport is not None
            server.transport.abort()
        return "250 taken"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def mail_server(port: int, faults: Faults | None = None) -> Iterator[Post]:
    """Run a mail server in a thread; give what it takes."""
    post = Post(faults or Faults())
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
