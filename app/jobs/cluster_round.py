"""Job `clusters_nightly`: asks for new clusters where texts have changed (機能のまとまり)."""

from collections.abc import Callable

from app.clusters.services.runs import ask_nightly_runs, rounds_to_run


def prepare_nightly_runs() -> Callable[[], int]:
    """Find the rounds whose texts have changed while nothing is locked; return what asks for them.

    Safe to run twice: a round with a run that waits or goes on gets no second one. The job
    `clusters` does the runs.
    """
    rounds = rounds_to_run()
    return lambda: ask_nightly_runs(rounds)
