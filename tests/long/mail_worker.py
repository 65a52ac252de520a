"""The real worker, made anew from a warm parent each time it was killed.

`python -m tests.long.mail_worker PORT CLOCK`: for each line on standard input a worker is forked,
and its number printed. It goes by the system's clock plus the seconds that stand in the file CLOCK,
and sends to the mail server at PORT of this machine.
"""

import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consult import create_app
from consult.foundation.jobs.worker import work

TIMEOUT = 1


def main() -> None:
    port, moved = int(sys.argv[1]), Path(sys.argv[2])

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(moved.read_text()))

    for _line in sys.stdin:
        if child := os.fork():
            print(child, flush=True)
            os.waitpid(child, 0)
            print("gone", flush=True)
            continue
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # its log is not our answer
        app = create_app(
            {
                "CLOCK": clock,
                "MAIL_URL": "smtp://127.0.0.1:1025",
                "MAIL_PORT": port,
                "MAIL_TIMEOUT": TIMEOUT,
                "BASE_URL": "https://consult.example",
            }
        )
        work(app, threading.Event())


if __name__ == "__main__":
    main()
