"""A message as the mail server takes it (メールの組立て): one recipient, plain text, UTF-8."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.notifications.lost_passwords import body_to_send
from app.notifications.models import OutboxMessage
from app.notifications.services import MESSAGE_ID_DOMAIN


def build_mail(message: OutboxMessage, *, sender: Address, reply_to: Address | None) -> bytes:
    """Write a message out. It is the same, byte by byte, at each try.

    Raises ValueError for a header that would break into two, and for a link that is gone.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.recipient.email
    if reply_to is not None:
        mail["Reply-To"] = reply_to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.message_id
    if message.about_id is not None:
        # Mail programs put what is of one case into one thread.
        mail["References"] = f"<{message.about_type}-{message.about_id}@{MESSAGE_ID_DOMAIN}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body_to_send(message), charset="utf-8", cte="base64")
    return mail.as_bytes()
