"""A mail server that does what a script says: refuses, puts off, stalls, leaves, and kills.

It notes each message that it took: its name, to whom it went, and its text.
"""

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy

MARK = re.compile(r"mark-(\d+)-")
NAME = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)


@dataclass
class Taken:
    """One message that the server took."""

    name: str
    recipient: str
    marks: list[int]


class Gone(Exception):  # noqa: N818
    """The conversation is over."""


@dataclass
class Postbox:
    """Serves on a port of this machine; `faults` says what goes wrong with the n-th message."""

    faults: dict[int, str]
    kill: Callable[[], None] = lambda: None
    taken: list[Taken] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    number: int = 0
    at_connect: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    known: set[str] = field(default_factory=set)

    def start(self) -> int:
        """Listen and return the port."""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return int(self.port)

    def stop(self) -> None:
        """Refuse connections."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def again(self) -> None:
        """Listen once more, at the same port."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        listener = self.listener
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _fault(self) -> str:
        with self.lock:
            self.number += 1
            fault = self.faults.pop(self.number, "")
            if fault == "kill at connect":
                self.at_connect += 1  # at the next one
                return ""
            return fault

    def _put_back(self, fault: str) -> None:
        """Keep a fault that was not met for a message to come."""
        with self.lock:
            if fault:
                later = self.number + 1
                while later in self.faults:
                    later += 1
                self.faults[later] = fault

    def _meets(self, fault: str, *names: str) -> bool:
        """Note that a fault is met here; a killing one kills."""
        if fault not in names:
            return False
        self.met[fault] += 1
        if fault.startswith("kill"):
            self.kill()
            raise Gone
        return True

    def _converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, Gone):
            connection.settimeout(30)
            lines = connection.makefile("rb")
            fault = self._fault()
            with self.lock:
                kills, self.at_connect = self.at_connect, max(0, self.at_connect - 1)
            if kills:
                self._put_back(fault)
                self._meets("kill at connect", "kill at connect")
            connection.sendall(b"220 here\r\n")
            while line := lines.readline():
                verb = line[:4].upper()
                if verb == b"MAIL":
                    if not self._transaction(connection, lines, fault):
                        return
                    fault = self._fault()
                elif verb == b"QUIT":
                    self._put_back(fault)
                    connection.sendall(b"221 bye\r\n")
                    return
                else:
                    connection.sendall(b"250 here\r\n")

    def _transaction(self, connection: socket.socket, lines: object, fault: str) -> bool:
        """Take one message, from MAIL on; False when the server leaves."""
        read = lines.readline  # type: ignore[attr-defined]
        self._meets(fault, "kill at MAIL")
        connection.sendall(b"250 ok\r\n")
        recipient = read().decode().partition("<")[2].partition(">")[0]
        self._meets(fault, "kill at RCPT")
        for name, answer in (("4xx at RCPT", b"451 later\r\n"), ("5xx at RCPT", b"550 no\r\n")):
            if self._meets(fault, name):
                connection.sendall(answer)
                return True
        if self._meets(fault, "stall at RCPT"):
            time.sleep(2.5)
            return False
        if self._meets(fault, "421 at RCPT"):
            connection.sendall(b"421 closing\r\n")
            return False
        connection.sendall(b"250 ok\r\n")
        read()
        if self._meets(fault, "4xx at DATA"):
            connection.sendall(b"452 full\r\n")
            return True
        connection.sendall(b"354 go on\r\n")
        if fault == "kill in DATA":
            read()
            self._meets(fault, "kill in DATA")
        if self._meets(fault, "leaves in DATA"):
            return False
        content = b""
        while (line := read()) != b".\r\n":
            if not line:
                raise Gone
            content += line
        return self._end(connection, fault, recipient, content)

    def _end(self, connection: socket.socket, fault: str, recipient: str, content: bytes) -> bool:
        if self._meets(fault, "4xx after DATA"):
            connection.sendall(b"451 later\r\n")
            return True
        if self._meets(fault, "5xx after DATA"):
            connection.sendall(b"554 no\r\n")
            return True
        if self._meets(fault, "stall after DATA"):
            time.sleep(8)
            return False
        found = NAME.search(content)
        name = found[1].decode() if found else ""
        fresh = name not in self.known
        self.known.add(name)
        self._note(name, recipient, content)
        # A message that is killed a second time right after it was taken proves nothing new.
        if fresh:
            self._meets(fault, "kill when taken")
        elif fault.startswith("kill"):
            self._put_back(fault)
        connection.sendall(b"250 taken\r\n")
        if fresh:
            self._meets(fault, "kill when told")
        return True

    def _note(self, name: str, recipient: str, content: bytes) -> None:
        mail = message_from_bytes(content.replace(b"\r\n..", b"\r\n."), policy=policy.default)
        part = mail.get_body(("plain",))
        text = part.get_content() if part else ""
        self.taken.append(Taken(name, recipient, [int(mark) for mark in MARK.findall(text)]))
