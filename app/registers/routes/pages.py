"""Pages to read the registers (台帳の閲覧): overview, one as printed, one row, files."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.registers.content import content_of, texts_of
from app.registers.files import CONTENT_TYPES, RegisterFormat, register_bytes, register_table
from app.registers.forms import AliasForm
from app.registers.history import history_of
from app.registers.models import (
    ALIAS_KIND_LABELS,
    REGISTER_LABELS,
    RegisterEntry,
)
from app.registers.policy import CASE_READERS, READERS, can_edit
from app.registers.printing import matching, printed
from app.registers.purposes import PURPOSES
from app.registers.queries import (
    as_of_by_register,
    count_by_register,
    get_entry,
    linking_entries,
    rows_of,
    versions_of,
)
from app.registers.routes.blueprint import blueprint, chosen_register
from app.registers.structure import FIELDS_OF


@blueprint.get("/registers")
@roles(*READERS)
def index() -> str:
    """List of the registers: what each is for, rows, day (台帳の一覧)."""
    return render_template(
        "registers/index.html",
        labels=REGISTER_LABELS,
        purposes=PURPOSES,
        counts=count_by_register(),
        as_of=as_of_by_register(),
    )


@blueprint.get("/registers/<register>")
@roles(*READERS)
def show(register: str) -> str:
    """Rows of one register as the source prints them, or those that are searched for (台帳)."""
    chosen = chosen_register(register)
    rows = rows_of(chosen)
    in_use = [row for row in rows if not row.is_retired]
    term = request.args.get("q", "").strip()
    return render_template(
        "registers/show.html",
        register=chosen,
        label=REGISTER_LABELS[chosen],
        purpose=PURPOSES[chosen],
        printed=printed(chosen, matching(in_use, term) if term else in_use),
        retired=[row for row in rows if row.is_retired],
        term=term,
        in_use=len(in_use),
        sources=_sources(in_use),
        can_edit=can_edit(current_actor()),
    )


@blueprint.get("/registers/<register>/<int:number>")
@roles(*READERS)
def entry(register: str, number: int) -> str:
    """One row with aliases, links and history (台帳の行)."""
    row = get_entry(chosen_register(register), number)
    return entry_page(row, AliasForm(data={"version": row.content_version, "kind": "related"}))


def entry_page(row: RegisterEntry, form: AliasForm) -> str:
    """Draw the page of a row, with the alias somebody is typing (台帳の行)."""
    texts = texts_of(content_of(row))
    return render_template(
        "registers/entry.html",
        entry=row,
        label=REGISTER_LABELS[row.register],
        labels=REGISTER_LABELS,
        fields=[(column, texts[column.name]) for column in FIELDS_OF[row.register]],
        kind_labels=ALIAS_KIND_LABELS,
        linking=linking_entries(row),
        history=history_of(row.register, versions_of(row)),
        form=form,
        can_edit=can_edit(current_actor()),
        reads_cases=current_actor().has_role(*CASE_READERS),
    )


@blueprint.get("/registers/<register>/export")
@roles(*READERS)
def export(register: str) -> Response:
    """The rows in use of a register as a file, `?format=xlsx` or `csv` (台帳の出力)."""
    chosen = chosen_register(register)
    form = _format(request.args.get("format", RegisterFormat.XLSX))
    rows = [row for row in rows_of(chosen) if not row.is_retired]
    content = register_bytes(register_table(chosen, rows), form, produced_by=current_actor().label)
    answer = make_response(content)
    answer.headers["Content-Type"] = CONTENT_TYPES[form]
    name = f"register_{chosen.value}_{clock.today():%Y%m%d}.{form.value}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _format(name: str) -> RegisterFormat:
    try:
        return RegisterFormat(name)
    except ValueError:
        known = "、".join(RegisterFormat)
        raise InvalidInput(
            {"format": [f"この形式では出力できません。{known} のいずれかを指定してください"]}
        ) from None


def _sources(rows: list[RegisterEntry]) -> list[tuple[str, object]]:
    """Each source once with its day, in the order of the rows (出典)."""
    return list(dict.fromkeys((row.source, row.as_of) for row in rows if row.source))
