"""Open data (オープンデータ): an index, and the files of each round."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from app.core.access import public
from app.public.files import data_rounds, files_of_round, get_data_round, get_file
from app.public.routes.blueprint import blueprint


@blueprint.get("/public/data/")
@public
def data() -> str:
    """Index of the files (データの一覧) with their rows, sizes and checksums."""
    rounds = [(round_, files_of_round(round_)) for round_ in data_rounds()]
    return render_template("public/data.html", rounds=rounds)


@blueprint.get("/public/data/<key>/<name>")
@public
def data_file(key: str, name: str) -> Response:
    """One file of a round (データのダウンロード). Raises NotFound."""
    file = get_file(get_data_round(key), name)
    answer = make_response(file.content)
    answer.headers["Content-Type"] = file.content_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}_{file.name}"'
    return answer
