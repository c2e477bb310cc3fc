"""Passwords (パスワード): argon2id, 19 MiB, two passes (P37)."""

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.accounts.common_passwords import is_common
from app.core.errors import InvalidInput

# OWASP Password Storage: argon2id with 19 MiB, t=2, p=1.
MEMORY_KIB = 19 * 1024
TIME_COST = 2
PARALLELISM = 1

SHORTEST = 15  # characters, without a second factor
SHORTEST_WITH_FACTOR = 8  # characters, beside a second factor
LONGEST = 128  # characters

COMMON = (
    "推測されやすいパスワードです。よくある言葉・数字の並び・年・団体名だけの組合せを避け、"
    "関係のない言葉を4つ以上並べるなどしてください"
)

_hasher = PasswordHasher(
    time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM, type=Type.ID
)


def hash_password(password: str) -> str:
    """Hash a password that was checked before; NFKC once, so that any keyboard can type it."""
    return _hasher.hash(_folded(password))


def is_right_password(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash (照合). A password over the limit never does."""
    if len(password) > LONGEST:
        return False
    try:
        return _hasher.verify(password_hash, _folded(password))
    except (VerifyMismatchError, InvalidHashError):
        return False


def needs_new_hash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_new_password(password: str, *, login: str, has_factor: bool = False) -> None:
    """Refuse a new password that is too short, too long, the login, or commonly guessed (P37).

    `has_factor`: whether a second factor stands beside it, so that a shorter one will do. Raises
    InvalidInput.
    """
    shortest = SHORTEST_WITH_FACTOR if has_factor else SHORTEST
    if len(password) < shortest:
        raise InvalidInput({"password": [f"パスワードは{shortest}文字以上にしてください"]})
    if len(password) > LONGEST:
        raise InvalidInput({"password": [f"パスワードは{LONGEST}文字以内にしてください"]})
    if login and login.casefold() in password.casefold():
        raise InvalidInput({"password": ["パスワードにログインIDを含めないでください"]})
    if is_common(password):
        raise InvalidInput({"password": [COMMON]})


@lru_cache(maxsize=1)
def stand_in_hash() -> str:
    """Hash that belongs to nobody: an unknown login takes as long as a known one (P38)."""
    return _hasher.hash("nobody has this password")


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
