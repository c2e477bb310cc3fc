"""Acts that put cases before the public and take them back (公表の操作)."""

from app.public.services.consent import Agree, agree
from app.public.services.prepare import Discard, PrepareCopy, discard_copy, prepare_copy
from app.public.services.publish import (
    PublishCopies,
    SeenCopy,
    WithdrawPublication,
    publish_copies,
    withdraw_publication,
)

__all__ = [
    "Agree",
    "Discard",
    "PrepareCopy",
    "PublishCopies",
    "SeenCopy",
    "WithdrawPublication",
    "agree",
    "discard_copy",
    "prepare_copy",
    "publish_copies",
    "withdraw_publication",
]
