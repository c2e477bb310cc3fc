"""One sender process of the soak test: the real delivery, with a clock that runs thirty times fast.

`python -m tests.soak.mail_sender DATABASE_URL SMTP_PORT START`. A lease of five minutes lasts ten
seconds, and the waiting times between two tries are as short; SOAK_CLOCK_SPEED (30) says how much.
It sends until it is killed.
"""

import os
import sys
import time
from datetime import datetime

from app import create_app
from app.core import clock
from app.extensions import db
from app.notifications.delivery import send_due

SPEED = int(os.environ.get("SOAK_CLOCK_SPEED", "30"))
PAUSE_SECONDS = 0.2


def fast_clock(start: datetime) -> datetime:
    """The instant that a fast clock shows, which was right at `start`."""
    return start + (clock.machine_now() - start) * SPEED


def main() -> None:
    """Send until killed."""
    url, port, start = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
    app = create_app(
        {
            "APP_ENV": "test",
            "DATABASE_URL": url,
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_FROM": "noreply@triage.example.jp",
            "MAIL_ALLOW": "example.jp",
        }
    )
    with app.app_context():
        while True:
            send_due(lambda: fast_clock(start))
            db.session.close()
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
