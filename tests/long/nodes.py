"""Two web processes and two workers, each with a folder of its own, as if on machines of their own.

They share what nodes share: a database, and object storage for files and record.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import Databases
from tests.long.server import KEY, ROOT, Server
from tests.object_server import BUCKET, ObjectServer

PREFIX = "nodes"


class WorkerProcess:
    """A worker on its own, to be killed."""

    def __init__(self, environ: dict[str, str], folder: Path, mail_port: int) -> None:
        self.environ = {**os.environ, **environ, "CONSULT_INSTANCE": str(folder)}
        self.mail_port = mail_port
        self.log = folder / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; nobody waits until it works."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.long.node_worker", str(self.mail_port)],
                cwd=ROOT, env=self.environ, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """Kill it with -9, whatever it was doing."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Nodes:
    """Two web processes and two workers on one PostgreSQL and one object storage."""

    def __init__(
        self, databases: Databases, objects: ObjectServer, folder: Path, mail_port: int
    ) -> None:
        self.databases, self.objects = databases, objects
        url = databases.url("stage")
        access = objects.access()
        shared = {
            "CONSULT_STORAGE_URL": f"s3://{BUCKET}/{PREFIX}/files",
            "CONSULT_RECORD": f"s3://{BUCKET}/{PREFIX}/record",
            "AWS_ACCESS_KEY_ID": access.access_key_id,
            "AWS_SECRET_ACCESS_KEY": access.secret_access_key,
            "AWS_ENDPOINT_URL_S3": objects.endpoint,
            "CONSULT_DATABASE_URL": url,
            "CONSULT_SECRET_KEY": KEY,
        }
        own = {"CONSULT_EMBEDDED_WORKER": "0"}
        self.web = [Server(url, folder / f"web-{n}", **shared, **own) for n in (1, 2)]
        self.workers = [WorkerProcess(shared, folder / f"worker-{n}", mail_port) for n in (1, 2)]

    @property
    def in_turn(self) -> "list[Server | WorkerProcess]":
        """Return the four processes in the order in which they are killed."""
        return [self.web[0], self.workers[0], self.web[1], self.workers[1]]

    def start(self) -> None:
        for one in self.in_turn:
            one.start()

    def kill(self) -> None:
        for one in self.in_turn:
            one.kill()

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """End every connection, and let nobody in for a while."""
        self.databases.admin(
            "ALTER DATABASE stage WITH ALLOW_CONNECTIONS false",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'stage'",
        )
        try:
            yield
        finally:
            self.databases.admin("ALTER DATABASE stage WITH ALLOW_CONNECTIONS true")

    @contextmanager
    def without_objects(self) -> Iterator[None]:
        """End the object storage at once, and start it again after a while."""
        self.objects.kill()
        try:
            yield
        finally:
            self.objects.start()
