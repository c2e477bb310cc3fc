"""Rounds of a measurement (計測): floor and product in turns, one and four connections."""

import json
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from bench.results import keep
from bench.serving.pages import PAGES, PageKind, changes_of_product
from bench.serving.servers import ROOT, Server, floor, product
from bench.serving.sign_in import signed_in
from bench.serving.world import database, prepare
from bench.settings import Settings, say
from tests.factories import PASSWORD

CONNECTIONS = (1, 4)
SLOW = 1000  # milliseconds


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long is measured (計測の量): rounds, seconds and requests of each, warm-up requests."""

    rounds: int
    seconds: float
    most: int
    most_changes: int
    warm: int

    @property
    def changes(self) -> int:
        """Cases that the changes of both sides need."""
        return 2 * (self.warm + self.rounds * len(CONNECTIONS) * self.most_changes)


WHOLE = Effort(rounds=3, seconds=2.0, most=60, most_changes=10, warm=4)
QUICK = Effort(rounds=3, seconds=0.8, most=20, most_changes=5, warm=4)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of one side and number of connections (測定値): the median of the rounds."""

    per_second: float
    p50: float
    p95: float
    bytes: int


class Side:
    """One of the two that are measured (計測の相手), with what it is asked and how."""

    def __init__(
        self, client: "Client", server: Server, headers: dict[str, str], requests: list[Any]
    ) -> None:
        self.client = client
        self.server = server
        self.headers = headers
        self.requests = requests
        self.found: dict[int, list[dict[str, Any]]] = {count: [] for count in CONNECTIONS}

    def ask(self, effort: Effort, connections: int, *, is_once: bool) -> None:
        """Measure one round of a number of connections; prepared cases are used up."""
        most = effort.most_changes if is_once else effort.most
        answer = self._walk(effort.seconds, most, connections, is_once=is_once)
        self.found[connections].append(answer)

    def warm(self, effort: Effort, *, is_once: bool) -> float:
        """Ask so often that both workers have answered (慣らし); the median, in milliseconds."""
        answer = self._walk(effort.seconds * 2, effort.warm, 2, is_once=is_once)
        return statistics.median(answer["times"])

    def _walk(self, seconds: float, most: int, connections: int, *, is_once: bool) -> Any:
        plan = {
            "port": self.server.port,
            "headers": self.headers,
            "requests": self.requests[:most] if is_once else self.requests,
            "is_once": is_once,
            "connections": connections,
            "seconds": seconds,
            "most": most,
        }
        answer = self.client.walk(plan)
        if is_once:
            self.requests = self.requests[len(answer["times"]) :]
        return answer

    def figures(self, connections: int) -> Figures:
        """The median of the rounds (中央値)."""
        rounds = self.found[connections]
        return Figures(
            per_second=round(
                statistics.median(len(row["times"]) / row["seconds"] for row in rounds), 1
            ),
            p50=round(statistics.median(statistics.median(row["times"]) for row in rounds), 2),
            p95=round(statistics.median(_p95(row["times"]) for row in rounds), 2),
            bytes=rounds[0]["bytes"],
        )


class Client:
    """The process that asks (計測する側)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.serving.client"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def walk(self, plan: dict[str, Any]) -> dict[str, Any]:
        """Carry a plan out. Raises RuntimeError for an answer that was not the expected one."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the client has no pipes")
        self.process.stdin.write(json.dumps(plan) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        if answer["faults"] or not answer["times"]:
            raise RuntimeError(f"not measured: {answer['faults']}")
        return answer

    def close(self) -> None:
        """End the process."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()


def run(settings: Settings) -> None:
    """Measure every page (or those named) at one size on one database; keep and print it."""
    effort = QUICK if settings.is_quick else WHOLE
    kinds = [page for page in PAGES if not settings.pages or page.name in settings.pages]
    with database(settings) as url:
        world = prepare(url, effort.changes if any(kind.is_change for kind in kinds) else 0)
        client = Client()
        try:
            with product(url) as own, floor(url, world.round_id, world.closed_days) as bare:
                headers, token = signed_in(own.port, world.login, PASSWORD)
                for kind in kinds:
                    asked = (
                        changes_of_product(world, token) if kind.is_change else kind.product(world)
                    )
                    sides = {
                        "floor": Side(client, bare, {}, kind.floor(world)),
                        "product": Side(client, own, headers, asked),
                    }
                    _measure(kind, sides, effort)
                    _tell(kind, sides, settings)
                _tell_memory(own, bare, settings)
        finally:
            client.close()


def _measure(kind: PageKind, sides: dict[str, Side], effort: Effort) -> None:
    slowest = max(side.warm(effort, is_once=kind.is_change) for side in sides.values())
    # What takes seconds is no matter of chance: one round tells it.
    for number in range(1 if slowest > SLOW else effort.rounds):
        # Whoever goes first changes from round to round.
        order = list(sides.values())[:: 1 if number % 2 else -1]
        for connections in CONNECTIONS:
            for side in order:
                side.ask(effort, connections, is_once=kind.is_change)


def _tell(kind: PageKind, sides: dict[str, Side], settings: Settings) -> None:
    figures = {
        name: {str(count): asdict(side.figures(count)) for count in CONNECTIONS}
        for name, side in sides.items()
    }
    ratio = figures["product"]["1"]["p50"] / figures["floor"]["1"]["p50"]
    target = kind.targets.times_floor(settings.database)
    keep(
        "serving",
        {"database": settings.database, "cases": settings.cases, "page": kind.name},
        {**figures, "times_floor": round(ratio, 2), "target": target},
        is_kept=settings.is_kept,
    )
    for name, found in figures.items():
        say(
            f"{kind.name:15}{name:8}"
            + "  ".join(
                f"{count}: {row['per_second']:7.1f}/s p50 {row['p50']:7.2f} p95 {row['p95']:7.2f}"
                for count, row in found.items()
            )
            + f"  {found['1']['bytes'] / 1000:.1f} kB"
        )
    word = "met" if ratio <= target else "MISSED"
    say(f"{kind.name:15}× floor {ratio:.1f} (target {target:g}: {word})")


def _tell_memory(own: Server, bare: Server, settings: Settings) -> None:
    memory = [[round(value) for value in row] for row in own.memory()]
    floor_memory = [[round(value) for value in row] for row in bare.memory()]
    keep(
        "memory",
        {"database": settings.database, "cases": settings.cases},
        {"workers": memory, "floor": floor_memory},
        is_kept=settings.is_kept,
    )
    say(f"workers after the run, MB [RSS, PSS]: product {memory}, floor {floor_memory}")


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]
