"""Ten thousand random histories (時間の内訳): the parts make the whole exactly."""

import os

from tests.deadlines.histories import check_history

HISTORIES = int(os.environ.get("SOAK_HISTORIES", "10000"))


def test_time_adds_up_exactly_in_every_history() -> None:
    for seed in range(HISTORIES):
        check_history(seed)
