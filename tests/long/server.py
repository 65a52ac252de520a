"""The real server as its own process, to be killed and measured."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
KEY = "a-key-for-tests-that-is-long-enough-and-fixed"
START_SECONDS = 30


class Server:
    """Granian with one worker, in a process group of its own."""

    def __init__(self, database_url: str, folder: Path, **environ: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.environ = {
            **os.environ,
            "CONSULT_DATABASE_URL": database_url,
            "CONSULT_INSTANCE": str(folder),
            "CONSULT_SECRET_KEY": KEY,
            "CONSULT_EMBEDDED_WORKER": "1",
            **environ,
        }
        self.environ.pop("FLASK_RUN_FROM_CLI", None)
        self.application = "wsgi:app"
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = self._begin(log)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                if self.get("/health")[0] == http.client.OK:
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the server did not start")

    def _begin(self, log: BinaryIO) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host",
             "127.0.0.1", "--port", str(self.port), "--workers", "1", "--blocking-threads", "8",
             "--no-ws", "--log-level", "error", self.application],
            cwd=ROOT, env=self.environ, start_new_session=True,
            stdout=log, stderr=log,
        )  # fmt: skip

    def kill(self) -> None:
        """Kill the whole process group with -9, as a power cut would end it."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def connection(self) -> http.client.HTTPConnection:
        """Open a connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def get(self, path: str, cookie: str = "", **headers: str) -> tuple[int, str]:
        """Get a page: (status, text)."""
        connection = self.connection()
        try:
            if cookie:
                headers["Cookie"] = cookie
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def settled(self, path: str, cookie: str) -> str:
        """Get a page with a form, and give the cookie that then holds its CSRF token too."""
        connection = self.connection()
        try:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            return (answer.getheader("Set-Cookie") or cookie).split(";", 1)[0]
        finally:
            connection.close()

    def post(self, path: str, form: dict[str, str], cookie: str) -> tuple[int, str]:
        """Post a form: (status, where it leads)."""
        connection = self.connection()
        try:
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location") or ""
        finally:
            connection.close()


def shared(folder: Path) -> dict[str, str]:
    """Return the settings of processes that share their files and their record."""
    return {
        "CONSULT_STORAGE_URL": f"file:{folder / 'files'}",
        "CONSULT_RECORD": str(folder / "record"),
    }


_HIDDEN = re.compile(r'name="(csrf_token|once)"[^>]*value="([^"]+)"')


def hidden_keys(page: str) -> dict[str, str]:
    """Read the CSRF token and the idempotency key out of a form page."""
    main = page[page.index('id="content"') :]
    return dict(_HIDDEN.findall(main))
