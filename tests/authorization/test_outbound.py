"""No address that somebody types is ever fetched (P36): a listener that nobody calls."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.authorization.posts import posts
from tests.authorization.probing import Prober, sign
from tests.authorization.test_posts import TYPED

# One door in so many.
SHARE = 12


@contextmanager
def listener() -> Iterator[socket.socket]:
    """Somebody who waits to be called on this machine (待ち受け)."""
    with socket.create_server(("127.0.0.1", 0)) as waiting:
        waiting.setblocking(False)
        yield waiting


def was_called(waiting: socket.socket) -> bool:
    try:
        caller, _ = waiting.accept()
    except BlockingIOError:
        return False
    caller.close()
    return True


def test_p36_listener_notices_a_call() -> None:
    with listener() as waiting:
        before = was_called(waiting)
        with socket.create_connection(waiting.getsockname()):
            called = was_called(waiting)

    assert (before, called) == (False, True)


def test_p36_no_form_fetches_an_address_that_is_typed_into_it(prober: Prober) -> None:
    tried = taken = 0

    with listener() as waiting:
        canary = f"http://127.0.0.1:{waiting.getsockname()[1]}/kanaria.png"
        for post in posts(prober, ">", SHARE):
            body = {
                name: [canary] if values and values[0].startswith(TYPED) else values
                for name, values in post.body.items()
            }
            if body != post.body:
                tried += 1
                taken += sign(prober.open(post.path, "POST", post.reader, body)) == ">"
        called = was_called(waiting)

    assert tried >= 4
    assert taken >= 2
    assert not called
