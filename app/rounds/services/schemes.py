"""Setting up schemes (分類体系の設定): categories are data, also in mid-round."""

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.rounds.default_guide import DEFAULT_GUIDE
from app.rounds.models import Category, GuideVersion, Scheme
from app.rounds.policy import authorize_manage
from app.workflow.states import FollowUp

# The key is part of a state name and of addresses.
CATEGORY_KEY = re.compile(r"[a-z][a-z0-9]{0,15}")


@dataclass(frozen=True, kw_only=True)
class NewCategory:
    """A row of a scheme (分類)."""

    code: str
    key: str
    label: str
    short_label: str
    response_policy: str
    follow_up: FollowUp
    is_evidence_required: bool
    group_code: str = ""
    available_from: date | None = None


def create_scheme(key: str, name: str, rows: list[NewCategory], *, actor: User) -> Scheme:
    """Create a scheme with its categories in order, and its guide (分類体系・判断の手引き).

    Raises NotAllowed, InvalidInput.
    """
    authorize_manage(actor)
    scheme = Scheme(key=key, name=name, version=0)
    db.session.add(scheme)
    db.session.flush()
    for row in rows:
        add_category(scheme, row, actor=actor)
    begin_guide(scheme, DEFAULT_GUIDE)
    return scheme


def begin_guide(scheme: Scheme, content: dict[str, Any]) -> GuideVersion:
    """Give a new scheme the first version of its guide (手引きの第1版)."""
    version = GuideVersion(
        scheme=scheme, number=1, content=deepcopy(content), reason="", created_at=clock.now()
    )
    db.session.add(version)
    db.session.flush()
    return version


def add_category(scheme: Scheme, row: NewCategory, *, actor: User) -> Category:
    """Add a category, also in mid-round (分類の追加): old cases stay as they are.

    The version of the scheme grows by one. Raises NotAllowed, InvalidInput.
    """
    authorize_manage(actor)
    _check_category(scheme, row)
    category = Category(
        scheme_id=scheme.id,
        code=row.code,
        key=row.key,
        group_code=row.group_code,
        label=row.label,
        short_label=row.short_label,
        response_policy=row.response_policy,
        follow_up=row.follow_up,
        is_evidence_required=row.is_evidence_required,
        position=len(scheme.categories) + 1,
        available_from=row.available_from or clock.today(),
    )
    scheme.categories.append(category)
    scheme.version += 1
    db.session.flush()
    record(
        "scheme.add_category",
        Subject(type="scheme", id=scheme.id, version=scheme.version),
        actor=actor,
        changes={"code": row.code, "key": row.key},
    )
    return category


def _check_category(scheme: Scheme, row: NewCategory) -> None:
    errors: dict[str, list[str]] = {}
    if not CATEGORY_KEY.fullmatch(row.key):
        errors["key"] = ["キーは、英小文字で始まる英小文字と数字16文字以内にしてください"]
    if any(other.key == row.key for other in scheme.categories):
        errors["key"] = ["このキーは既に使われています"]
    if any(other.code == row.code for other in scheme.categories):
        errors["code"] = ["この記号は既に使われています"]
    for name, label in (("code", "記号"), ("label", "名称"), ("short_label", "短い名称")):
        if is_blank(getattr(row, name)):
            errors[name] = [f"{label}を入力してください"]
    if errors:
        raise InvalidInput(errors)
