"""A server of object storage for the tests: a real one, on this machine, with keys of its own."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from consult.foundation.storage.object_storage import ObjectStorage, StorageAccess

BUCKET = "consult-files"
PATIENCE = 60
"""Seconds until it must be there; a busy machine lets it wait."""


@dataclass
class ObjectServer:
    """A server with one bucket in it, whose objects lie below a folder."""

    folder: Path
    ports: dict[str, int]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['s3.port']}"

    def start(self) -> None:
        """Run it, and wait until it answers; what was stored is there again."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    Path(sys.executable).with_name("weed"), "server", f"-dir={self.folder}", "-s3",
                    "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                    f"-s3.config={self.folder / 'keys.json'}",
                    "-s3.autoCreateBucket=false", "-s3.iam=false", "-s3.port.iceberg=0",
                    "-s3.port.lance=0",
                    "-master.telemetry=false", "-master.volumeSizeLimitMB=128", "-volume.max=8",
                    *(f"-{name}={port}" for name, port in self.ports.items()),
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
        _wait_for(f"http://127.0.0.1:{self.ports['filer.port']}/buckets/{BUCKET}/", "POST")
        _wait_for(f"{self.endpoint}/healthz")

    def kill(self) -> None:
        """End it at once, whatever it was doing."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def access(self, name: str = "consult", secret: str | None = None) -> StorageAccess:
        """How somebody reaches it: `consult` may do everything in it, `reader` only read."""
        return StorageAccess(name, secret or f"secret-of-{name}", endpoint=self.endpoint)

    def settings(self, prefix: str) -> dict[str, object]:
        """The settings of an application whose files lie here."""
        return {"STORAGE_URL": f"s3://{BUCKET}/{prefix}", "STORAGE_ACCESS": self.access()}

    def storage(self, prefix: str) -> ObjectStorage:
        return ObjectStorage(f"s3://{BUCKET}/{prefix}", self.access())


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]


@contextmanager
def running_object_server(folder: Path) -> Iterator[ObjectServer]:
    """Run a server whose objects lie below a folder."""
    names = {"consult": ["Read", "Write", "List"], "reader": ["Read", "List"]}
    people = [
        {"name": name, "actions": actions, "credentials": [
            {"accessKey": name, "secretKey": f"secret-of-{name}"}
        ]}
        for name, actions in names.items()
    ]  # fmt: skip
    (folder / "keys.json").write_text(json.dumps({"identities": people}))
    kinds = ("s3", "filer", "master", "volume")
    names_of_ports = [f"{kind}.port{rest}" for kind in kinds for rest in ("", ".grpc")]
    server = ObjectServer(folder, dict(zip(names_of_ports, _free_ports(8), strict=True)))
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _wait_for(address: str, method: str = "GET") -> None:
    asked = urllib.request.Request(address, method=method)  # noqa: S310  (it is ours)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310  (it is ours)
                return
        except OSError as error:
            if getattr(error, "code", 0) == HTTPStatus.CONFLICT:  # the bucket is there already
                return
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
