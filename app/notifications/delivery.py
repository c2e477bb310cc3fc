"""Handing the outbox to the mail server (メールの送信): at least once, under one Message-ID (P09).

Every step is a transaction of its own, and the server is spoken to outside of them. What a killed
sender had in hand is taken over when its lease ends.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from app.core import clock
from app.notifications.claims import (
    Claim,
    claim_next,
    give_back,
    has_due,
    note_outcome,
    note_server,
)
from app.notifications.lost_passwords import answer_wishes
from app.notifications.mail_line import MailLine, ServerDown
from app.notifications.models import AttemptResult
from app.notifications.settings import mail_settings
from config import MailServer, read_address

BATCH = 500  # messages of one batch
BATCH_SECONDS = 50
# So many breaks of the line one after another mean that the server is ill, not a message.
MOST_BREAKS = 3

Now = Callable[[], datetime]


def send_due(now: Now = clock.machine_now) -> Callable[[], int]:
    """Send what is due (送信); return what tells how many messages were dealt with.

    Enters its own units of work, also for those who asked for a link (再設定の申込み). Without a
    server everything stays in the outbox. The clock of the machine counts here, not the moment of
    the tick: leases hold against other senders.
    """
    settings = mail_settings()
    server = settings.mail_server()
    answer_wishes(now())
    done = send_batch(server, now) if server is not None and has_due(now()) else 0
    return lambda: done


def send_batch(server: MailServer, now: Now, *, most: int = BATCH) -> int:
    """Send until nothing is due, the batch is full or the server is down; return how many."""
    settings = mail_settings()
    with MailLine(server, timeout=settings.SMTP_TIMEOUT_SECONDS) as line:
        try:
            # Before anything is claimed: a dead server uses up the tries of no message.
            line.connect()
            note_server(now())
            return _Batch(line, now).send(most)
        except ServerDown as error:
            note_server(now(), str(error))
            return 0


class _Batch:
    """What one batch learns on its way: domains that rest, breaks of the line."""

    def __init__(self, line: MailLine, now: Now) -> None:
        self._line = line
        self._now = now
        self._resting: set[str] = set()
        self._breaks = 0

    def send(self, most: int) -> int:
        until = time.monotonic() + BATCH_SECONDS
        for done in range(most):
            if time.monotonic() > until or self._breaks >= MOST_BREAKS:
                return done
            taken = claim_next(self._now(), resting=self._resting)
            if taken is None:
                return done
            if isinstance(taken, Claim) and not self._deliver(taken):
                return done
        return most

    def _deliver(self, claim: Claim) -> bool:
        """Hand one message over and note its end; False when the server went away."""
        settings = mail_settings()
        sender = read_address(settings.MAIL_FROM)
        assert sender is not None  # checked at the start
        # The text and the answer to it: the lease has to hold until the end is known.
        longest_data = 2 * timedelta(seconds=settings.SMTP_TIMEOUT_SECONDS)
        try:
            outcome = self._line.hand_over(
                sender.addr_spec,
                claim.recipient,
                claim.mail,
                may_go=lambda: self._now() + longest_data < claim.lease_until,
            )
        except ServerDown as error:
            give_back(claim, str(error), self._now())
            note_server(self._now(), str(error))
            return False
        if outcome is None:  # stopped for so long that another sender has it
            return True
        note_outcome(claim, outcome, self._now())
        is_broken = outcome.result is AttemptResult.BROKEN
        self._breaks = self._breaks + 1 if is_broken else 0
        if outcome.is_of_recipient and outcome.result is not AttemptResult.BOUNCED:
            self._resting.add(claim.domain)
        return True
