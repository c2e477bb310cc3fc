"""Whether what is kept beside the cases still agrees with them (控え): the index of the search."""

from sqlalchemy import Connection, func, select

from app.integrity.findings import Tally
from app.search_index.models import SearchDocument
from app.search_index.rebuild import stale_documents

TODO = "flask --app wsgi search reindex で索引を作り直してください（案件は無事です）"


def look_at_index(connection: Connection, tally: Tally) -> None:
    """Compare the index of the search with the texts (検索索引)."""
    tally.look(connection.scalar(select(func.count(SearchDocument.id))) or 0)
    for document in stale_documents(connection):
        tally.add(f"索引 {document.kind} {document.owner_id}番", document.reason, TODO)
