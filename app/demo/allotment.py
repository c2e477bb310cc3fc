"""Which body proposes what, and in which order (提案の割り振り)."""

from random import Random
from typing import NamedTuple

from app.accounts.models import OrgType
from app.demo.bodies import SampleBody
from app.demo.texts import SampleText
from app.registers.models import Register

# Some bodies propose a lot, most one to three.
EAGERNESS = (1, 1, 1, 1, 2, 2, 3, 4)
# The bodies behind the published sign-ins have enough to look at.
DEMO_BODIES = ("甲県", "甲子市")
DEMO_EAGERNESS = 6
# Many bodies cite these; two proposals under one of them are no repetition.
BROAD_REGISTERS = (Register.CORE20, Register.COMMON_SYSTEM, Register.KEIYU_CHOSA)


class Allotted(NamedTuple):
    """A text and the body that proposes it (提案と団体)."""

    text: SampleText
    body: SampleBody


def allot(
    texts: list[SampleText], pending: list[SampleText], bodies: list[SampleBody], rng: Random
) -> list[Allotted]:
    """Give every text a body whose type fits, in the order of submission (提案の割り振り).

    Categories and bodies are mixed; the pending texts come last, in their own order. Every body
    gets at least one: those that have nothing yet go first.
    """
    shares = _Shares(bodies, rng)
    mixed = texts[:]
    rng.shuffle(mixed)
    # Texts that fit few bodies choose first, or a type runs out of texts before its bodies.
    by_choice = sorted(mixed, key=lambda text: len(shares.fitting(text)))
    chosen = {text.title: shares.take(text) for text in by_choice}
    return [Allotted(text, chosen[text.title]) for text in mixed] + [
        Allotted(text, shares.take(text)) for text in pending
    ]


class _Shares:
    """How much each body has proposed, against how much it likes to."""

    def __init__(self, bodies: list[SampleBody], rng: Random) -> None:
        self._bodies = bodies[:]
        rng.shuffle(self._bodies)
        self._counts = {body.name: 0 for body in bodies}
        self._eagerness = {body.name: _eagerness(body, rng) for body in bodies}
        self._eagerness.update(dict.fromkeys(DEMO_BODIES, DEMO_EAGERNESS))
        self._topics: dict[str, set[tuple[Register, str]]] = {body.name: set() for body in bodies}

    def fitting(self, text: SampleText) -> list[SampleBody]:
        """Bodies of a type that could write this text."""
        return [body for body in self._bodies if body.org_type in text.org_types]

    def take(self, text: SampleText) -> SampleBody:
        """Choose the body that has the least of its share, rather not twice on one topic."""
        topics = {row for row in text.evidence if row[0] not in BROAD_REGISTERS}
        body = min(
            self.fitting(text),
            key=lambda body: (
                bool(topics & self._topics[body.name]),
                self._counts[body.name] / self._eagerness[body.name],
            ),
        )
        self._counts[body.name] += 1
        self._topics[body.name] |= topics
        return body


def _eagerness(body: SampleBody, rng: Random) -> int:
    """How much a body likes to propose; the seven towns share what only towns could write."""
    return 1 if body.org_type is OrgType.TOWN_VILLAGE else rng.choice(EAGERNESS)
