"""Being written."""

from flask import Blueprint, render_template_string

from app.core.access import public, signed_in

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Being written."""
    return render_template_string(
        '{% extends "layouts/base.html" if current_user.is_authenticated else "layouts/public.html" %}{% block main %}<h1>作成中</h1>{% endblock %}'
    )
