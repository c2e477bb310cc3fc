"""Jobs `clusters` and `clusters_nightly`: cases of a round that do the same (機能のまとまり)."""

from datetime import datetime

from app.clusters.services.runs import ask_nightly_runs


def ask_for_nightly_runs(moment: datetime) -> int:
    """Ask for a run over each round whose texts have changed; the job `clusters` does it.

    Safe to run twice: a round with a run that waits or goes on gets no second one.
    """
    return ask_nightly_runs()
