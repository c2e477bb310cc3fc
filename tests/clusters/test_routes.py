"""Pages of the clusters (まとまりの画面): who sees what, progress, files."""

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clusters.models import ClusterRun, RunStage
from app.proposals.models import Proposal
from tests.accounts.browser import enter
from tests.clusters.systems import A, B, D, cluster_now, propose
from tests.factories import World, declare_conflict


@pytest.fixture
def fees(world: World, db_session: Session) -> list[Proposal]:
    fees = [propose(world, A), propose(world, B), propose(world, A, title="住宅使用料の収納")]
    propose(world, D)
    return fees


def numbers_in(text: str) -> list[str]:
    return re.findall(r'class="receipt-number"[^>]*>(.*?)<', text)


def test_list_and_cluster_show_names_functions_and_reasons(
    app: Flask, world: World, fees: list[Proposal], db_session: Session
) -> None:
    [cluster] = cluster_now(world, db_session)
    browser = enter(app, "officer1")

    listed = browser.get("/triage/clusters")
    shown = browser.get(f"/triage/clusters/{cluster.id}")

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "公営住宅：料金の調定・収納" in listed.text
    members = shown.text.split('aria-labelledby="adoption"')[0]
    assert numbers_in(members) == [row.receipt_number for row in fees]
    assert "同じ呼称・異なる機能" in shown.text
    assert "「住宅使用料システムを導入済み」" in re.sub(
        "</?q>", lambda at: "「」"[at.group() == "</q>"], shown.text
    )


def test_conflict_takes_the_case_out_of_members_counts_and_files(
    app: Flask, world: World, fees: list[Proposal], db_session: Session
) -> None:
    [cluster] = cluster_now(world, db_session)
    declare_conflict(world["officer1"], proposal=fees[0])
    db_session.commit()
    browser = enter(app, "officer1")

    shown = browser.get(f"/triage/clusters/{cluster.id}")
    made = browser.post("/rounds/R6/clusters/file", data={"format": "csv"})

    listed = browser.get("/triage/clusters").text
    progress = browser.get(f"/triage/clusters/runs/{db_session.query(ClusterRun).one().id}").text
    assert str(fees[0].receipt_number) not in shown.text + listed
    assert "4件" not in shown.text + listed + progress
    assert "まとまりの提案2件" in shown.text
    rows = list(csv.DictReader(io.StringIO(made.get_data().decode("utf-8-sig"))))
    assert [row["受付番号"] for row in rows] == [row.receipt_number for row in fees[1:]]


def test_cluster_of_one_visible_case_does_not_exist(
    app: Flask, world: World, fees: list[Proposal], db_session: Session
) -> None:
    [cluster] = cluster_now(world, db_session)
    for case in fees[:2]:
        declare_conflict(world["officer1"], proposal=case)
    db_session.commit()
    browser = enter(app, "officer1")

    assert browser.get(f"/triage/clusters/{cluster.id}").status_code == 404
    assert f"/triage/clusters/{cluster.id}" not in browser.get("/triage/clusters").text


def test_run_is_asked_for_on_the_page_and_its_progress_shown(
    app: Flask, world: World, fees: list[Proposal], db_session: Session
) -> None:
    browser = enter(app, "officer1")

    answer = browser.post("/rounds/R6/clusters/runs")
    page = browser.get(answer.headers["Location"])
    again = browser.post("/rounds/R6/clusters/runs")

    run = db_session.query(ClusterRun).one()
    assert (run.stage, run.requested_by_id) == (RunStage.WAITING, world["officer1"].id)
    assert ("data-run-progress" in page.text, "http-equiv" in page.text) == (True, True)
    assert again.headers["Location"] == answer.headers["Location"]


def test_correction_on_the_page_keeps_what_was_typed_until_it_is_right(
    app: Flask, world: World, fees: list[Proposal], db_session: Session
) -> None:
    [cluster] = cluster_now(world, db_session)
    browser = enter(app, "officer1")
    path = f"/triage/clusters/{cluster.id}/remove"
    typed = {"version": cluster.version, "proposal_id": fees[0].id}

    refused = browser.post(path, data=typed)
    done = browser.post(path, data={**typed, "reason": "別の機能のため"}, follow_redirects=True)

    assert refused.status_code == 422
    assert f'selected value="{fees[0].id}"' in refused.text
    assert f"{fees[0].receipt_number}を外しました" in done.text
    declare_conflict(world["officer2"], proposal=fees[0])
    db_session.commit()
    hidden = enter(app, "officer2").get(f"/triage/clusters/{cluster.id}").text
    assert ("別の機能のため" in hidden, "訂正はまだありません" in hidden) == (False, True)


def test_removal_that_leaves_one_visible_case_tells_nothing_of_the_hidden_one(
    app: Flask, world: World, fees: list[Proposal], db_session: Session
) -> None:
    [cluster] = cluster_now(world, db_session)
    declare_conflict(world["officer1"], proposal=fees[2])
    db_session.commit()
    typed = {"version": cluster.version, "proposal_id": fees[0].id, "reason": "別の機能のため"}

    done = enter(app, "officer1").post(f"/triage/clusters/{cluster.id}/remove", data=typed)

    assert done.headers["Location"] == "/triage/clusters?round=R6"


def test_practice_round_goes_into_no_file(app: Flask, world: World, db_session: Session) -> None:
    world.round.is_practice = True
    db_session.commit()

    answer = enter(app, "lead").post("/rounds/R6/clusters/file", data={"format": "csv"})

    assert answer.status_code == 403


def test_body_never_sees_clusters(app: Flask, world: World) -> None:
    assert enter(app, "city-mgr").get("/triage/clusters").status_code == 403
