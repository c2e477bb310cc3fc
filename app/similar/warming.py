"""Loading the encoder before anybody waits for it (起動時の準備)."""

import logging
import threading

from app.similar.encoder import encode

logger = logging.getLogger(__name__)


def warm_encoder() -> threading.Thread:
    """Load the encoder beside the requests of a fresh process; the first search finds it ready."""
    thread = threading.Thread(target=_load, name="warm-encoder", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    try:
        encode(["提案"])
    except Exception:  # the page that needs it will tell; a process serves without it
        logger.exception("the encoder could not be loaded")
