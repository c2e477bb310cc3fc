"""Commands of the search (検索のコマンド)."""

import click
from flask.cli import AppGroup

from app.core.postgresql_waits import unhurried
from app.search_index.rebuild import fill_missing, rebuild, stale_documents

search_commands = AppGroup("search", help="検索索引を作り直す、点検する。")

SHOWN = 20


@search_commands.command(
    "reindex", help="検索索引を作り直す。--missing は足りない文書だけを加える。"
)
@click.option("--missing", is_flag=True, help="足りない文書だけを加える。")
@unhurried()
def reindex(missing: bool) -> None:
    """Make the index anew, or only what is missing (検索索引の作り直し)."""
    if missing:
        click.echo(f"足りない文書を{fill_missing():,}件、索引に加えました。")
    else:
        click.echo(f"検索索引を作り直しました（{rebuild():,}件）。")


@search_commands.command("check", help="検索索引を本文と比べる。食い違いがあれば終了コード1。")
@unhurried()
def check() -> None:
    """Compare the index with the texts (検索索引の点検)."""
    found = stale_documents()
    for row in found[:SHOWN]:
        click.echo(f"{row.kind} {row.owner_id}：{row.reason}")
    if found:
        click.echo(f"食い違いが{len(found):,}件あります。search reindex で作り直してください。")
        raise SystemExit(1)
    click.echo("検索索引は本文と一致しています。")
