"""Checking a deployment from the command line (配備の点検)."""

import os

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.health.deploy import Finding, found, settings_findings
from app.health.deploy_place import database_findings, place_findings
from config import Settings


@click.command("check-deploy", help="この配備の危ないところを示す。あれば終了コードは1。")
@with_appcontext
def check_deploy_command() -> None:
    """List what is unsafe about this configuration (配備の点検); exit 1 if anything is."""
    findings = all_findings(current_app.config["SETTINGS"])
    for finding in findings:
        click.echo(f"{finding.name}　{finding.words}")
    if findings:
        raise click.ClickException(f"直すところが{len(findings)}件あります。")
    click.echo("直すところはありません。")


def all_findings(settings: Settings) -> list[Finding]:
    """Everything that is unsafe (指摘の一覧): settings, machine, database."""
    findings = [*settings_findings(settings, os.environ), *place_findings(settings)]
    try:
        findings += database_findings(settings)
    except SQLAlchemyError:
        # Its words may hold the address with the password.
        findings.append(found("DATABASE_URL", "データベースに接続できないか、表を読めません。"))
    return findings
