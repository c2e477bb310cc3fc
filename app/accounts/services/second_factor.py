"""The second factor (二要素認証): setting it up, checking a code, taking it off (P39).

Codes are those of RFC 6238: six digits, one step of 30 seconds, made by any authenticator.
"""

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b32encode
from dataclasses import dataclass

import pyotp
from sqlalchemy import delete, func, select, update

from app.accounts.models import RecoveryCode, SecondFactor, User
from app.accounts.policy import requires_second_factor
from app.accounts.sealing import seal, unseal
from app.accounts.services.sessions import end_sessions_of
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db

ISSUER = "共通化提案トリアージ"
STEP_SECONDS = 30
# The clocks of a person's device and ours differ by a little.
STEPS_AROUND = (-1, 0, 1)
SECRET_BYTES = 20  # RFC 4226: 160 bits
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits: no slow hash is needed against guessing

WRONG_CODE = (
    "確認コードが違うか、既に使われています。認証アプリの新しいコードを入力してください。"
    "続けて違うときは、端末の時計が合っているか確かめてください"
)
NO_PENDING = "認証アプリの登録を、はじめからやり直してください。"
REQUIRED = "事務局・府省庁の利用者とシステム管理は、二要素認証を外せません。"


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A secret being set up, as a person puts it into the device (登録中の認証アプリ)."""

    key: str
    address: str  # otpauth://, what the QR code holds


def factor_of(user: User) -> SecondFactor | None:
    """Return the confirmed second factor of a user (二要素認証), None without one."""
    found = db.session.get(SecondFactor, user.id)
    return found if found is not None and found.secret is not None else None


def has_factor(user: User) -> bool:
    """Whether the user signs in with a second step (二要素認証の有無)."""
    return factor_of(user) is not None


def begin_enrolment(user: User) -> None:
    """Make a new secret for the user's device; the present one stays until a code of it is typed.

    Who calls has made sure before that it is the person: by password, and by the present code.
    """
    factor = db.session.get(SecondFactor, user.id) or SecondFactor(user_id=user.id, last_step=0)
    secret = secrets.token_bytes(SECRET_BYTES)
    factor.pending_secret, factor.pending_at = seal(secret, owner=str(user.id)), clock.now()
    db.session.add(factor)
    db.session.flush()
    _record("user.begin_second_factor", user, user)


def enrolment_of(user: User) -> Enrolment | None:
    """Return what the user's device is to be given (登録中の認証アプリ), None when nothing is."""
    factor = db.session.get(SecondFactor, user.id)
    if factor is None or factor.pending_secret is None:
        return None
    key = _opened(factor.pending_secret, user)
    if key is None:
        return None
    address = pyotp.TOTP(key).provisioning_uri(name=user.login, issuer_name=ISSUER)
    return Enrolment(key=key, address=address)


def confirm_enrolment(user: User, code: str) -> list[str]:
    """Take the device that makes this code; return new recovery codes, shown once (登録の確定).

    All sessions end, and all older recovery codes. Raises InvalidInput.
    """
    factor = _locked(user)
    key = _opened(factor.pending_secret, user) if factor and factor.pending_secret else None
    if factor is None or key is None:
        raise InvalidInput({"code": [NO_PENDING]})
    step = _step_of(key, code, after=0)
    if step is None:
        raise InvalidInput({"code": [WRONG_CODE]})
    factor.secret, factor.confirmed_at, factor.last_step = factor.pending_secret, clock.now(), step
    factor.pending_secret, factor.pending_at = None, None
    codes = _new_codes(user)
    end_sessions_of(user)
    _record("user.set_second_factor", user, user)
    return codes


def is_right_code(user: User, code: str) -> bool:
    """Whether this is a code of the user's device, or a recovery code; it is used up by it (照合).

    The row is locked: of many who bring the same code at once, on any node, one gets in.
    """
    factor = _locked(user)
    if factor is None or factor.secret is None:
        return False
    typed = _folded(code)
    if len(typed) == 6 and typed.isdigit():
        key = _opened(factor.secret, user)
        step = _step_of(key, typed, after=factor.last_step) if key else None
        if step is None:
            return False
        factor.last_step = step
        db.session.flush()
        return True
    return _use_recovery_code(user, typed)


def renew_recovery_codes(user: User) -> list[str]:
    """Make ten new recovery codes, shown once; the older ones are dead (回復コードの作り直し)."""
    codes = _new_codes(user)
    _record("user.renew_recovery_codes", user, user)
    return codes


def count_recovery_codes(user: User) -> int:
    """Number of recovery codes that are left (残りの回復コード)."""
    left = select(func.count()).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(left) or 0


def reseal_all() -> tuple[int, int]:
    """Seal every secret with today's key (鍵の交替); return how many were, and how many could not.

    What neither key opens is left as it is: those people need their factor taken off.
    """
    sealed = lost = 0
    for factor in db.session.scalars(select(SecondFactor).with_for_update()):
        for name in ("secret", "pending_secret"):
            owner, present = str(factor.user_id), getattr(factor, name)
            if present is None:
                continue
            secret = unseal(present, owner=owner)
            if secret is None:
                lost += 1
                continue
            setattr(factor, name, seal(secret, owner=owner))
            sealed += 1
    changes = {"sealed": sealed, "lost": lost}
    record("second_factor.reseal", Subject(type="user", id=None), actor=None, changes=changes)
    return sealed, lost


def remove_own_factor(user: User, *, is_enforced: bool) -> None:
    """Sign in without a second step from now on (二要素認証の取りやめ). Raises NotAllowed."""
    if is_enforced and requires_second_factor(user):
        raise NotAllowed(REQUIRED)
    take_off(user)
    _record("user.remove_second_factor", user, user)


def take_off(user: User) -> None:
    """Take device and recovery codes away and end all sessions; who calls records why."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    end_sessions_of(user)


def _locked(user: User) -> SecondFactor | None:
    return db.session.scalars(
        select(SecondFactor)
        .where(SecondFactor.user_id == user.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _opened(sealed: str, user: User) -> str | None:
    secret = unseal(sealed, owner=str(user.id))
    return None if secret is None else b32encode(secret).decode()


def _step_of(key: str, code: str, *, after: int) -> int | None:
    """Step whose code this is, if it is later than the last one that was used."""
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp, typed = pyotp.TOTP(key), _folded(code)
    for step in (now + around for around in STEPS_AROUND):
        made = totp.generate_otp(step)
        if step > after and hmac.compare_digest(made.encode(), typed.encode()):
            return step
    return None


def _folded(code: str) -> str:
    """A code as it is compared: full-width digits, blanks and hyphens are no mistakes."""
    text = unicodedata.normalize("NFKC", code).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def _new_codes(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=_code_hash(user, _folded(code))) for code in codes
    )
    db.session.flush()
    return codes


def _new_code() -> str:
    text = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _use_recovery_code(user: User, typed: str) -> bool:
    used = db.session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == _code_hash(user, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).all()
    if used:
        _record("user.use_recovery_code", user, user)
    return bool(used)


def _code_hash(user: User, folded: str) -> str:
    return hashlib.sha256(f"{user.id}:{folded}".encode()).hexdigest()


def _record(verb: str, user: User, actor: User | None) -> None:
    record(verb, Subject(type="user", id=user.id), actor=actor)
