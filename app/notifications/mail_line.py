"""The line to the mail server (SMTPの接続), and what its answers mean."""

import smtplib
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple

from app.notifications.models import AttemptResult
from config import MailServer

LONGEST_ANSWER = 300


class ServerDown(Exception):
    """The mail server cannot be reached, or refuses to talk (接続できない): of no one message."""


class Outcome(NamedTuple):
    """How the handing-over of one message ended (送信の結果)."""

    result: AttemptResult
    answer: str
    # The recipient's domain was at fault: others of it can wait a while.
    is_of_recipient: bool = False


class MailLine:
    """One connection to the mail server (接続), kept over a batch and made anew after a break."""

    def __init__(self, server: MailServer, *, timeout: int) -> None:
        self._server = server
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None
        self._is_at_recipient = False

    def __enter__(self) -> "MailLine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Open the connection unless it is open. Raises ServerDown."""
        if self._smtp is not None:
            return
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._open()
            smtp.ehlo_or_helo_if_needed()
            if self._server.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if self._server.user:
                smtp.login(self._server.user, self._server.password)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            if smtp is not None:
                smtp.close()
            raise ServerDown(_words_of_failure(error)) from error
        self._smtp = smtp

    def hand_over(
        self, sender: str, recipient: str, mail: bytes, *, may_go: Callable[[], bool]
    ) -> Outcome | None:
        """Hand one message over; None when `may_go` says, at the last moment, that it may not.

        Raises ServerDown where the server turns away before it has heard of the message.
        """
        self.connect()
        assert self._smtp is not None
        self._is_at_recipient = False
        try:
            return self._talk(self._smtp, sender, recipient, mail, may_go)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            # Whether it arrived is not known: it goes again, under the same Message-ID.
            self.close()
            words = _words_of_failure(error)
            return Outcome(AttemptResult.BROKEN, words, self._is_at_recipient)

    def close(self) -> None:
        """Leave politely where the connection still stands (切断)."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()

    def _open(self) -> smtplib.SMTP:
        host, port, timeout = self._server.host, self._server.port, self._timeout
        if self._server.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
        return smtplib.SMTP(host, port, timeout=timeout)

    def _talk(
        self,
        smtp: smtplib.SMTP,
        sender: str,
        recipient: str,
        mail: bytes,
        may_go: Callable[[], bool],
    ) -> Outcome | None:
        code, said = smtp.mail(sender)
        if code != 250:
            # The sender is the same for all: no message is to blame.
            self.close()
            raise ServerDown(_answer(code, said))
        self._is_at_recipient = True
        code, said = smtp.rcpt(recipient)
        self._is_at_recipient = False
        if code not in (250, 251):
            return self._refused(smtp, code, said, of_recipient=True)
        if not may_go():
            self.close()
            return None
        try:
            code, said = smtp.data(mail)
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, _bytes(error.smtp_error)
        if code == 250:
            return Outcome(AttemptResult.SENT, _answer(code, said))
        return self._refused(smtp, code, said, of_recipient=False)

    def _refused(
        self, smtp: smtplib.SMTP, code: int, said: bytes, *, of_recipient: bool
    ) -> Outcome:
        if code == 421:
            self.close()
            raise ServerDown(_answer(code, said))
        self._start_anew(smtp)
        if 500 <= code < 600:
            result = AttemptResult.BOUNCED if of_recipient else AttemptResult.PARKED
        else:
            result = AttemptResult.REFUSED
        return Outcome(result, _answer(code, said), of_recipient)

    def _start_anew(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            # The answer about the message is known; only the line is gone.
            self.close()


def _answer(code: int, said: bytes) -> str:
    # NUL is no text to PostgreSQL, and an answer is whatever a stranger wrote.
    words = said.decode("utf-8", "replace").replace("\x00", "")
    return f"{code} {words}"[:LONGEST_ANSWER]


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _words_of_failure(error: Exception) -> str:
    # The text of some errors holds what was sent: a code or the class says enough.
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{error.smtp_code} メールサーバーのログインに失敗しました"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, _bytes(error.smtp_error))
    if isinstance(error, TimeoutError):
        return "時間内に応答がありませんでした"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "途中で接続が切れました"
    if isinstance(error, OSError) and error.strerror:
        return f"接続できません（{error.strerror}）"
    return f"接続できません（{type(error).__name__}）"
