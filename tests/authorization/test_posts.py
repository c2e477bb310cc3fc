"""Posts that say more than the form asks, or something odd (P30, P44, P46)."""

import os
from random import Random

from tests.authorization.posts import Post, posts
from tests.authorization.probing import Prober, sign
from tests.authorization.stored import Rows, keep

# SOAK_TEXTS=5000 sends so many; the quick suite sends one form in so many, once.
SOAK_TEXTS = int(os.environ.get("SOAK_TEXTS", "0"))
EVERY = 1 if SOAK_TEXTS else 6

PRIVILEGED = {
    "id": "9999",
    "state": "closed",
    "category_id": "1",
    "organization_id": "2",
    "created_by_id": "1",
    "edited_by_id": "1",
    "receipt_number": "R6-9999",
    "round_id": "2",
    "is_admin": "1",
    "admin": "1",
    "role": "admin",
    "role_grants": "admin",
    "is_active": "1",
    "disabled_at": "",
    "password_hash": "x",
    "actor_id": "1",
    "user_id": "1",
    "owner": "1",
    "created_at": "2020-01-01",
    "submitted_at": "2020-01-01",
    "confirmed_by_id": "1",
    "is_confirmed_by_second": "1",
    "released_at": "2020-01-01",
    "published_at": "2020-01-01",
    "due_on": "2099-12-31",
    "is_practice": "1",
    "is_public": "1",
    "merged_into_id": "1",
    "entry_hash": "0",
    "__class__": "x",
}
TYPED = ("試験", "a password")
ODD = (
    "\x00",
    "\ud800",
    "\u202eexe.txt",
    "葛\U000e0100飾区",
    "👨‍👩‍👧‍👦",
    "ﾊﾝｶｸ㈱①㍻",
    "がぎ",
    "\r\nBcc: x@example.jp",
    "{{7*7}}${7*7}<%=7*7%>",
    "'; DROP TABLE proposal;--",
    "<script>alert(1)</script>",
    "\u2028\u2029\x1b[31m",
    "../../../etc/passwd",
    "%s%n%x",
    "99999999999999999999999",
    "-1",
    "NaN",
    "=cmd|' /C calc'!A0",
    "あ" * 20001,
    "\ufdfa" * 500,
    "",
    " ",
)


def test_thirty_privileged_names_change_nothing_p30(prober: Prober) -> None:
    # Each is sent three times, and the whole database is read each time.
    chosen = list(posts(prober, ">", 1 if SOAK_TEXTS else 30))
    faults = []

    for post in chosen:
        clean, again, loaded = {}, {}, {}
        extra = {name: value for name, value in PRIVILEGED.items() if name not in post.body}
        send(prober, post, {}, clean)
        send(prober, post, {}, again)
        send(prober, post, extra, loaded)
        faults += [
            (post.endpoint, table)
            for table in clean
            if clean[table] == again[table] != loaded[table]
        ]

    assert len(PRIVILEGED) == 30
    assert len(chosen) > 5
    assert faults == []


def send(prober: Prober, post: Post, extra: dict[str, str], into: Rows) -> None:
    prober.open(post.path, "POST", post.reader, {**post.body, **extra}, look=keep(into))


def test_odd_texts_in_every_field_are_no_fault_p44(prober: Prober) -> None:
    chosen = list(posts(prober, ">f", EVERY))
    chance = Random(SOAK_TEXTS)
    faults = []

    for number in range(max(SOAK_TEXTS, len(chosen))):
        post = chosen[number % len(chosen)]
        body = {
            name: [odd(chance)] if values[0].startswith(TYPED) or chance.random() < 0.2 else values
            for name, values in post.body.items()
            if values
        }
        answer = prober.open(post.path, "POST", post.reader, body)
        if sign(answer) == "!":
            faults.append((post.endpoint, body))

    assert faults == []


def odd(chance: Random) -> str:
    """An odd text; what no request can carry is sent as a browser would send it."""
    pieces = [chance.choice(ODD) for _ in range(chance.randint(1, 3))]
    pieces.append("".join(chr(chance.randrange(1, 0x110000)) for _ in range(chance.randrange(8))))
    return "".join(pieces).encode("utf-8", "replace").decode()
