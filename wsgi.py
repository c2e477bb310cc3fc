"""Entry point of the web server and of the `flask` command."""

from app import create_app

app = create_app()
