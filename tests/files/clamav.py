"""A ClamAV daemon for the tests: it speaks INSTREAM of clamd(8), and knows one virus."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file of EICAR, which every scanner knows."""


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        server = self.server
        assert isinstance(server, Daemon)
        server.seen.append(content)
        if server.answer:
            self.wfile.write(server.answer)
        elif VIRUS in content:
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class Daemon(socketserver.ThreadingUnixStreamServer):
    """The daemon on a socket; `answer` stands for whatever it would say."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.seen: list[bytes] = []
        self.answer = b""
        self.url = f"clamav:{path}"
        super().__init__(str(path), _Session)


@contextmanager
def daemon(folder: Path) -> Iterator[Daemon]:
    """Run a daemon on a socket in a folder."""
    path = folder / "clamd.ctl"
    path.unlink(missing_ok=True)
    server = Daemon(path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
