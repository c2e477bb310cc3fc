"""Whether the database engine finds its own files whole, and the schema is ours (土台)."""

from sqlalchemy import Connection, text

from app.extensions import alembic
from app.integrity.findings import Tally

# Tables that only grow: their triggers refuse UPDATE and DELETE (追記だけの表).
APPEND_ONLY = ("audit_checkpoint", "audit_event", "backlog_snapshot", "paper", "plan_version")
RESTORE = "データベースが壊れています。運用を止め、最後の正しいバックアップから戻してください"
NO_AMCHECK = "索引の検査（拡張機能 amcheck）は、このデータベースに入っていないため行っていません"
LONGEST_REPORT = 50  # lines of PRAGMA integrity_check

_TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
    ),
}
# On PostgreSQL one trigger refuses update and delete, but for plans: a draft of them may change.
_ENDINGS_OF_PLANS = ("no_update", "no_delete", "no_truncate")
_ENDINGS = {"sqlite": ("no_update", "no_delete"), "postgresql": ("no_change", "no_truncate")}
_INDEXES = (
    "SELECT c.oid, c.relname FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'i' AND a.amname = 'btree' AND n.nspname = current_schema()"
)


def look_at_engine(connection: Connection, tally: Tally) -> None:
    """Let SQLite check its file, PostgreSQL its indexes where amcheck is there (ファイル・索引)."""
    if connection.dialect.name == "sqlite":
        lines = connection.exec_driver_sql(f"PRAGMA integrity_check({LONGEST_REPORT})").scalars()
        tally.look()
        for line in lines:
            if line != "ok":
                tally.add("SQLite のファイル", str(line), RESTORE)
        return
    if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")) is None:
        tally.note = NO_AMCHECK
        return
    for oid, name in connection.execute(text(_INDEXES)).all():
        tally.look()
        try:
            with connection.begin_nested():
                connection.execute(text("SELECT bt_index_check(:oid)"), {"oid": oid})
        except Exception as error:
            words = str(error.__cause__ or error).splitlines()[0]
            tally.add(
                f"索引 {name}", words, f"REINDEX INDEX {name} を行い、もう一度検証してください"
            )


def look_at_schema(connection: Connection, tally: Tally) -> None:
    """Compare the version of the schema, and look for the triggers that protect (表の版・保護)."""
    heads = tuple(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
    wanted = tuple(script.revision for script in alembic.heads())
    tally.look()
    if heads != wanted:
        found = "、".join(heads) or "なし"
        tally.add(
            "表の版",
            f"データベースは {found}、製品は {'、'.join(wanted)}",
            "flask --app wsgi db upgrade を行ってください",
        )
    dialect = connection.dialect.name
    there = {tuple(row) for row in connection.execute(text(_TRIGGERS[dialect]))}
    for table in APPEND_ONLY:
        is_plan = table == "plan_version" and dialect == "postgresql"
        for ending in _ENDINGS_OF_PLANS if is_plan else _ENDINGS[dialect]:
            tally.look()
            if (table, f"{table}_{ending}") not in there:
                tally.add(
                    f"表 {table}",
                    f"変更を拒むトリガー {table}_{ending} がないか、止められている",
                    "だれがいつ外したかを確かめ、バックアップから戻すか、移行のとおりに作り直してください",
                )
