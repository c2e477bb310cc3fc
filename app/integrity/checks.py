"""The integrity check (整合性の検証): a table of rules over one moment of the database.

To add one: a function from a connection and a tally in `rules/`, a line in `RULES`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.integrity.findings import Rule, Tally
from app.integrity.rules.constraints import look_at_constraints, look_at_references
from app.integrity.rules.contents import look_at_contents
from app.integrity.rules.derived import look_at_index
from app.integrity.rules.engine import RESTORE, look_at_engine, look_at_schema
from app.integrity.rules.sending import look_at_forms, look_at_ledger, look_at_outbox
from app.integrity.rules.standing import look_at_clocks, look_at_handoffs, look_at_holders
from app.integrity.rules.submissions import (
    look_at_receipts,
    look_at_revisions,
    look_at_submitted_files,
)
from app.integrity.rules.trail import (
    look_at_chain,
    look_at_named_people,
    look_at_names,
    look_at_trails,
    look_for_lost_cases,
)

SCHEMA = Rule(name="schema", title="表の版と保護", unit="項目", look=look_at_schema)

RULES: tuple[Rule, ...] = (
    SCHEMA,
    Rule(name="engine", title="データベースのファイル・索引", unit="項目", look=look_at_engine),
    Rule(name="constraints", title="表の制約", unit="制約", look=look_at_constraints),
    Rule(name="references", title="参照先", unit="参照", look=look_at_references),
    Rule(name="chain", title="監査証跡の連鎖", unit="件", look=look_at_chain),
    Rule(name="names", title="行為者の氏名", unit="人", look=look_at_names),
    Rule(name="people", title="記録の中の人の氏名", unit="件", look=look_at_named_people),
    Rule(name="trails", title="案件と証跡の一致", unit="件", look=look_at_trails),
    Rule(name="lost", title="提出された提案の有無", unit="件", look=look_for_lost_cases),
    Rule(name="receipts", title="受付番号", unit="件", look=look_at_receipts),
    Rule(name="revisions", title="提出版", unit="件", look=look_at_revisions),
    Rule(name="submitted-files", title="提出時の添付", unit="件", look=look_at_submitted_files),
    Rule(name="clocks", title="期限の時計", unit="件", look=look_at_clocks),
    Rule(name="holders", title="持ち主の控え", unit="件", look=look_at_holders),
    Rule(name="handoffs", title="送付", unit="件", look=look_at_handoffs),
    Rule(name="outbox", title="送信箱", unit="件", look=look_at_outbox),
    Rule(name="ledger", title="定期処理の台帳", unit="件", look=look_at_ledger),
    Rule(name="forms", title="送信済みの様式", unit="件", look=look_at_forms),
    Rule(name="index", title="検索索引", unit="件", look=look_at_index),
    Rule(name="contents", title="ファイルの内容", unit="件", look=look_at_contents),
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one rule said (規則の結果)."""

    rule: Rule
    tally: Tally


def verify_all(connection: Connection, rules: Sequence[Rule] = RULES) -> Iterator[Result]:
    """Look by every rule at what the connection sees (整合性の検証), one result after another.

    The schema comes first: on another version of the tables the other rules could not even ask.
    """
    for rule in rules:
        tally = Tally()
        try:
            rule.look(connection, tally)
        except DBAPIError as error:
            # A file that is broken cannot be read on: whatever else would be said is guessed.
            words = str(error.orig).splitlines()[0]
            tally.add("データベース", f"読み取れない（{words}）", RESTORE)
            yield Result(rule=rule, tally=tally)
            return
        yield Result(rule=rule, tally=tally)
        if rule is SCHEMA and any(row.where == "表の版" for row in tally):
            return
