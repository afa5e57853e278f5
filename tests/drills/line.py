"""What leads to a server, and can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Line:
    """What leads to a server, and can be cut: bytes go both ways until then."""

    def __init__(self, to: int) -> None:
        self.to, self.is_cut = to, False
        self.open: set[socket.socket] = set()
        self.lock = threading.Lock()
        self.threads: list[threading.Thread] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _where = self.door.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._join, args=[caller], daemon=True)
            self.threads.append(thread)
            thread.start()

    def _join(self, caller: socket.socket) -> None:
        if self.is_cut:
            caller.close()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.to), timeout=5)
        except OSError:
            caller.close()
            return
        with self.lock:
            self.open |= {caller, server}
        back = threading.Thread(target=self._carry, args=[server, caller], daemon=True)
        back.start()
        self._carry(caller, server)
        back.join()
        with self.lock:
            self.open -= {caller, server}
        caller.close()
        server.close()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while some := one.recv(65536):
                other.sendall(some)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Break what is under way in the middle, and let nothing through."""
        self.is_cut = True
        with self.lock:
            for one in self.open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        """Let go of everything."""
        self.cut()
        self.door.close()
        for thread in self.threads:
            thread.join(timeout=5)
