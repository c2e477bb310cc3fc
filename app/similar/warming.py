"""Loading the encoder before the server divides into its workers (起動時の準備)."""

import logging

from app.similar.encoder import encode

logger = logging.getLogger(__name__)


def warm_encoder() -> None:
    """Load the encoder (1 s, 50 MB): the workers share its weights, no search waits for it."""
    try:
        encode(["提案"])
    except Exception:  # the page that needs it will tell; a process serves without it
        logger.exception("the encoder could not be loaded")
