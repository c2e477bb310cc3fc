"""Who may read the metrics (監視のための計数を読める相手): a network, or the bearer of a token."""

from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from flask import Flask, Request, current_app

from config import Settings, UnsafeConfiguration

NETWORKS = "METRICS_NETWORKS"
SHORTEST_TOKEN = 20  # characters
# What a proxy says of whom it asks for.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


def init_monitors(app: Flask) -> None:
    """Read who may ask from the settings. Raises UnsafeConfiguration."""
    app.config[NETWORKS] = read_networks(app.config["SETTINGS"].METRICS_ALLOW)
    token = app.config["SETTINGS"].METRICS_TOKEN
    if token and len(token) < SHORTEST_TOKEN:
        raise UnsafeConfiguration(
            f"METRICS_TOKEN には{SHORTEST_TOKEN}文字以上の推測できない値を指定してください。"
        )


def read_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read addresses and networks between commas (監視のネットワーク). UnsafeConfiguration."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise UnsafeConfiguration(
            "METRICS_ALLOW には、監視する側のアドレスかネットワーク（10.0.0.0/24 など）を"
            "コンマで区切って指定してください。"
        ) from error


def may_read_metrics(request: Request) -> bool:
    """Whether the sender is in `METRICS_ALLOW`, or knows `METRICS_TOKEN` (監視の許可)."""
    settings: Settings = current_app.config["SETTINGS"]
    return _knows_token(request, settings.METRICS_TOKEN) or _is_near(request, settings)


def _knows_token(request: Request, token: str) -> bool:
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    is_same = compare_digest(said.strip().encode(), token.encode())
    return bool(token) and kind.lower() == "bearer" and is_same


def _is_near(request: Request, settings: Settings) -> bool:
    # Behind a proxy that nobody told us of, everybody would come from the machine itself.
    if not settings.TRUSTED_PROXIES and any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return False
    return any(address in network for network in current_app.config[NETWORKS])
