"""The batch runner's side of the process that forks kernels: starts it, asks it, ends it."""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from helpers import memory

END_SECONDS = 2  # then a server that does not end by itself is killed
ANSWER_SECONDS = 60  # then a server that does not answer is not asked again

_current: list["Server"] = []
_starting = threading.Lock()


class Server:
    """One process that forks kernels, spoken to in lines of JSON; any thread may ask.

    It ends with this process, however that ends: the socket between them closes then.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with ExitStack() as failed, theirs:
            failed.callback(ours.close)
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
            failed.pop_all()
        ours.settimeout(ANSWER_SECONDS)
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

    def ended(self) -> bool:
        """Whether its process has ended."""
        return self.process.poll() is not None

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
        What libraries read when they are imported; this process's own variables win, as they do in a cold kernel.
    """
    memory.seldom()
    server = None
    if wanted and not current() and sys.platform.startswith("linux"):
        with suppress(OSError):  # no room for another process: kernels start cold
            server = Server({**(environment or {}), **os.environ})
    if server is None:
        yield
        return
    _current.append(server)
    try:
        yield
    finally:
        _current.remove(server)
        server.close()


def keep_warm(environment: Mapping[str, str]) -> None:
    """Fork kernels from now on until this process ends, where that is possible and not so yet; for workers of a cluster."""
    with _starting:
        if current() is None and sys.platform.startswith("linux"):
            server = Server({**environment, **os.environ})
            _current.append(server)
            atexit.register(server.close)
