"""The application (共通化提案トリアージ): where extensions, gate, rooms and errors are joined."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.accounts import routes as accounts_routes
from app.accounts.loader import load_user
from app.answers import routes as answers_routes
from app.api import routes as api_routes
from app.api.gate import init_api
from app.attestations import routes as attestations_routes
from app.attestations.gate import init_attestations
from app.audit.reading import init_reading
from app.audit.refusals import init_refusals
from app.batches import routes as batches_routes
from app.bulk import routes as bulk_routes
from app.candidates import routes as candidates_routes
from app.casework import citations, comment_pages, handoff_pages
from app.casework import routes as casework_routes
from app.casework.conflict import show_conflict
from app.clusters import routes as clusters_routes
from app.consultations import routes as consultations_routes
from app.core import access, error_pages
from app.core.database import close_in_turn, engine_options, open_safely
from app.core.errors import IllegalTransition, StaleVersion
from app.core.http import init_http
from app.core.logs import configure_logs, init_logs
from app.core.origin import allowed_hosts, init_origin
from app.core.posted_form import PostedDifferently
from app.core.postgresql_waits import limit_waits
from app.core.prepared_statements import keep_prepared
from app.core.query_times import watch_queries
from app.core.repeated_posts import init_repeated_posts
from app.core.retries import RetryingFlask
from app.core.storage import init_storage
from app.core.template_filters import init_filters
from app.core.uploads import init_uploads
from app.dashboard import routes as dashboard_routes
from app.dashboard.navigation import page_frame
from app.deadlines import routes as deadlines_routes
from app.disclosure import routes as disclosure_routes
from app.discrepancies import routes as discrepancies_routes
from app.exchange import routes as exchange_routes
from app.extensions import alembic, csrf, db, login_manager
from app.follow_ups import routes as follow_ups_routes
from app.handoffs import routes as handoffs_routes
from app.health import routes as health_routes
from app.health.counters import init_counters
from app.health.monitors import init_monitors
from app.incidents import routes as incidents_routes
from app.incidents.gate import init_freezes
from app.jobs import routes as jobs_routes
from app.lineage import routes as lineage_routes
from app.mailings import routes as mailings_routes
from app.meetings import routes as meetings_routes
from app.notifications import lost_password_pages
from app.notifications import routes as notifications_routes
from app.outsiders import routes as outsiders_routes
from app.outsiders.gate import init_outsiders
from app.papers import routes as papers_routes
from app.personal_data import routes as personal_data_routes
from app.plans import routes as plans_routes
from app.proposals import routes as proposals_routes
from app.public import routes as public_routes
from app.readings import routes as readings_routes
from app.readings import trail_pages
from app.registers import routes as registers_routes
from app.reminders import routes as reminders_routes
from app.reports import routes as reports_routes
from app.reports.backlog import routes as backlog_routes
from app.rounds import routes as rounds_routes
from app.routing import routes as routing_routes
from app.saved_lists import routes as saved_lists_routes
from app.search import routes as search_routes
from app.search_index.models import is_made_by_engine
from app.similar import routes as similar_routes
from app.tokens import routes as tokens_routes
from app.transfers import routes as transfers_routes
from app.triage import routes as triage_routes
from app.viewing import routes as viewing_routes
from app.viewing.gate import init_viewing
from app.watches import routes as watches_routes
from config import ROOT, Environment, Settings, load_settings

MAX_REQUEST_BYTES = 2 * 1024 * 1024
MAX_FORM_PARTS = 500

BLUEPRINTS = (
    accounts_routes.blueprint,
    answers_routes.blueprint,
    api_routes.blueprint,
    attestations_routes.blueprint,
    trail_pages.blueprint,
    backlog_routes.blueprint,
    batches_routes.blueprint,
    bulk_routes.blueprint,
    candidates_routes.blueprint,
    casework_routes.blueprint,
    citations.blueprint,
    clusters_routes.blueprint,
    comment_pages.blueprint,
    handoff_pages.blueprint,
    consultations_routes.blueprint,
    dashboard_routes.blueprint,
    deadlines_routes.blueprint,
    disclosure_routes.blueprint,
    discrepancies_routes.blueprint,
    exchange_routes.blueprint,
    follow_ups_routes.blueprint,
    handoffs_routes.blueprint,
    health_routes.blueprint,
    incidents_routes.blueprint,
    jobs_routes.blueprint,
    lineage_routes.blueprint,
    mailings_routes.blueprint,
    meetings_routes.blueprint,
    lost_password_pages.blueprint,
    notifications_routes.blueprint,
    outsiders_routes.blueprint,
    papers_routes.blueprint,
    personal_data_routes.blueprint,
    plans_routes.blueprint,
    proposals_routes.blueprint,
    public_routes.blueprint,
    readings_routes.blueprint,
    registers_routes.blueprint,
    reminders_routes.blueprint,
    reports_routes.blueprint,
    rounds_routes.blueprint,
    routing_routes.blueprint,
    saved_lists_routes.blueprint,
    search_routes.blueprint,
    similar_routes.blueprint,
    tokens_routes.blueprint,
    transfers_routes.blueprint,
    triage_routes.blueprint,
    viewing_routes.blueprint,
    watches_routes.blueprint,
)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application from the environment and `overrides` (settings of config.py).

    Raises UnsafeConfiguration, UnsafeDatabase, and RuntimeError for an endpoint without audience.
    """
    settings = load_settings(overrides=overrides)
    app = RetryingFlask(__name__, instance_path=str(ROOT / "instance"))
    app.config.from_mapping(flask_config(settings))
    if settings.APP_ENV is not Environment.TEST:
        configure_logs(settings.LOG_FORMAT)
    _trust_proxies(app, settings)
    # First of all, so that a request refused by an extension has its id and its log line, too.
    init_logs(app)
    init_uploads(app)
    init_http(app)
    init_origin(app)
    init_storage(app)
    _init_extensions(app)
    init_counters(app)
    init_monitors(app)
    init_filters(app)
    init_reading(app)
    init_refusals(app)
    access.public(app.view_functions["static"])
    _init_gates(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(page_frame)
    error_pages.init_error_pages(app)
    app.register_error_handler(StaleVersion, show_conflict)
    app.register_error_handler(IllegalTransition, show_conflict)
    app.register_error_handler(PostedDifferently, show_conflict)
    cli.init_commands(app)
    access.refuse_undeclared(app)
    return app


def flask_config(settings: Settings) -> dict[str, Any]:
    """Translate the settings into what Flask and its extensions read."""
    is_production = settings.APP_ENV is Environment.PRODUCTION
    is_secure = settings.public_url().startswith("https://")
    return {
        "SETTINGS": settings,
        "PUBLIC_URL": settings.public_url(),
        "ALLOWED_HOSTS": allowed_hosts(settings.public_url()) if is_production else None,
        "OFFICE_NAME": settings.OFFICE_NAME,
        "OFFICE_CONTACT": settings.OFFICE_CONTACT,
        "SECRET_KEY": settings.secret_key(),
        # What the key before this one has signed is still read, until it is taken away.
        "SECRET_KEY_FALLBACKS": [settings.SECRET_KEY_OLD] if settings.SECRET_KEY_OLD else None,
        "TESTING": settings.APP_ENV is Environment.TEST,
        "DEBUG": False,
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_REQUEST_BYTES,
        "MAX_FORM_PARTS": MAX_FORM_PARTS,
        "SESSION_COOKIE_NAME": "__Host-session" if is_secure else "session",
        "SESSION_COOKIE_SECURE": is_secure or is_production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # The token lives as long as the session behind it; a slow typist is not punished.
        "WTF_CSRF_TIME_LIMIT": None,
        "SQLALCHEMY_ENGINES": {"default": engine_options(settings.database_url())},
        "ALEMBIC": {"script_location": str(ROOT / "migrations")},
        # On SQLite too: one migration that is refused leaves none of the others half done.
        "ALEMBIC_CONTEXT": {"transactional_ddl": True, "include_name": _is_of_models},
    }


def _is_of_models(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the models answer for a table; those of the full-text index SQLite makes itself."""
    return kind != "table" or not is_made_by_engine(name)


def _init_gates(app: Flask) -> None:
    """Put the gates before every view, in the order in which they are asked."""
    init_api(app)
    init_viewing(app)
    app.before_request(access.gate)
    init_outsiders(app)
    init_attestations(app)
    init_freezes(app)
    init_repeated_posts(app)


def _trust_proxies(app: Flask, settings: Settings) -> None:
    hops = settings.TRUSTED_PROXIES
    if hops:
        wrapped = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)
        app.wsgi_app = wrapped  # type: ignore[method-assign]  # how Flask wants it to be wrapped


def _init_extensions(app: Flask) -> None:
    url: str = app.config["SETTINGS"].database_url()
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    close_in_turn(app)
    alembic.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.user_loader(load_user)
    # The session row decides, the cookie only names it.
    login_manager.session_protection = None
    with app.app_context():
        open_safely(db.engine)
        limit_waits(db.engine)
        keep_prepared(db.engine)
        watch_queries(db.engine)
