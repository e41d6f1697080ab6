"""The batch runner's side of the process that forks kernels: starts it, asks it, ends it."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

END_SECONDS = 2  # then a server that does not end by itself is killed

_current: list["Server"] = []


class Server:
    """One process that forks kernels, spoken to in lines of JSON; any thread may ask.

    It ends with this process, however that ends: the socket between them closes then.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", "-m", "helpers.kernels.forking", str(theirs.fileno())]
            self.process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for this process, which then ends the kernels in order
            )
        self._socket, self._lines, self._lock = ours, ours.makefile("rwb", buffering=0), threading.Lock()

    def ask(self, **request: Any) -> Any:
        """What the server answers.

        Raises
        ------
        OSError
            It is gone, or could not do it.
        """
        with self._lock:
            self._lines.write(json.dumps(request).encode() + b"\n")
            line = self._lines.readline()
        answer = json.loads(line) if line else {"error": "the server of kernels is gone"}
        if "error" in answer:
            raise OSError(answer["error"])
        return answer

    def close(self) -> None:
        """End the server; kernels that still run end with it."""
        self._lines.close()
        self._socket.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def current() -> Server | None:
    """The server of this process, if one runs."""
    return _current[-1] if _current else None


@contextmanager
def warm(environment: Mapping[str, str] | None = None, wanted: bool = True) -> Iterator[None]:
    """Fork kernels while this lasts; does nothing where they are not wanted, cannot be forked, or are already.

    Parameters
    ----------
    environment : mapping of str to str, optional
        Added to this process's own: what libraries read when they are imported.
    """
    if not wanted or current() or not sys.platform.startswith("linux"):
        yield
        return
    server = Server({**os.environ, **(environment or {})})
    _current.append(server)
    try:
        yield
    finally:
        _current.remove(server)
        server.close()
