"""Jobs by hand (定期処理のコマンド)."""

from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.jobs.schedule import JOBS
from tests.factories import make_world


def test_jobs_run_and_history_tell_what_happened(app: Flask, db_session: Session) -> None:
    make_world(opens_at=clock.jst(2024, 8, 5), closes_at=clock.jst(2024, 8, 27, 23, 59, 59))
    db_session.commit()
    runner = app.test_cli_runner()

    ran = runner.invoke(args=["jobs", "run", "round_gate", "--at", "2024-08-05T00:00:00+09:00"])
    again = runner.invoke(args=["jobs", "run", "round_gate", "--at", "2024-08-05T00:00:00"])
    history = runner.invoke(args=["jobs", "history"])

    assert (ran.exit_code, ran.output) == (0, "募集の開始・締切の知らせ：8件\n")
    assert (again.exit_code, again.output) == (0, "この時点の処理は既に行われています。\n")
    assert history.output.startswith("令和6年8月5日（月）0時00分\tround_gate\t")


def test_jobs_run_refuses_an_unknown_job_and_a_wrong_moment(app: Flask) -> None:
    runner = app.test_cli_runner()

    unknown = runner.invoke(args=["jobs", "run", "no_such_job"])
    wrong = runner.invoke(args=["jobs", "run", "round_gate", "--at", "昨日"])

    assert (unknown.exit_code, wrong.exit_code) == (1, 1)
    assert "round_gate" in unknown.output
    assert "2024-08-28T00:01:00+09:00" in wrong.output


def test_jobs_list_shows_the_next_time(app: Flask) -> None:
    with clock.at(clock.jst(2024, 8, 5, 9, 30, 20)):
        result = app.test_cli_runner().invoke(args=["jobs", "list"])

    lines = result.output.splitlines()
    assert "round_gate\t募集の開始・締切の知らせ\t次回 令和6年8月5日（月）9時31分" in lines
    assert [line.split("\t")[0] for line in lines] == [job.name for job in JOBS]
