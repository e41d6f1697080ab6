"""IPython extension: a cell that prints without end is stopped before it fills memory and disk; what a cell freed goes back."""

import json
import signal
import sys
import threading
from typing import Any

from helpers import memory
from helpers.definitions import files
from helpers.errors import XiaodianError

CELL = "cell: "  # such a complaint starts so: a kernel does not know the number of its cell
MESSAGE = 4000  # bytes that each output takes beside its content, about
STOP = getattr(signal, "SIGUSR1", None)  # brings a complaint from any thread into the cell


def load_ipython_extension(shell: Any) -> None:
    """Count what each cell prints and shows, raise in the cell once that is too much; give back memory after each."""
    count = Count(int(files.toml(files.find("run.toml"))["printed_bytes"]["value"]))
    shell.events.register("pre_run_cell", count.begin)
    shell.events.register("post_run_cell", count.end)
    shell.display_pub.register_hook(count.shown)
    shell.displayhook.register_hook(count.shown)
    for stream in (sys.stdout, sys.stderr):
        _limited(stream, count)
    if STOP:
        signal.signal(STOP, count.signalled)
    shell.events.register("post_run_cell", Tidy().up)


class Count:
    """What the running cell has printed and shown so far, in bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.printed, self.running, self.told = 0, False, False

    def begin(self, info: Any) -> None:
        """A cell starts."""
        self.printed, self.running, self.told = 0, True, False

    def end(self, result: Any) -> None:
        """The cell is done."""
        self.running = False

    def fits(self, size: int) -> bool:
        """Whether there is room for so much; if not, the cell stops, whoever printed.

        Raises
        ------
        XiaodianError
            There is none, and the cell's own thread printed.
        """
        self.printed += size
        if self.printed <= self.most:
            return True
        if threading.current_thread() is threading.main_thread():
            self._complain()
        if STOP and not self.told:  # another thread, or a program that the cell runs: what it says is dropped
            self.told = True
            signal.pthread_kill(threading.main_thread().ident or 0, STOP)
        return False

    def shown(self, message: Any) -> Any:
        """The message, or None where there is no room for it."""
        return message if self.fits(MESSAGE + sum(map(_size, message["content"]["data"].values()))) else None

    def signalled(self, *received: Any) -> None:
        """Another thread printed too much."""
        if self.running:
            self._complain()

    def _complain(self) -> None:
        todo = "print a summary, or write to a file"
        raise XiaodianError(CELL.strip(": "), f"prints more than {self.most / 1e6:,.0f} MB", todo)


class Tidy:
    """Gives back what cells freed, each time that the process has grown by as much as is worth it."""

    def __init__(self) -> None:
        self.held = memory.resident()

    def up(self, result: Any) -> None:
        """A cell is done."""
        if memory.resident() > self.held + memory.SPARE:
            memory.give_back()
            self.held = memory.resident()


def _limited(stream: Any, count: Count) -> None:
    write, flush, waiting = stream.write, stream.flush, [False]

    def checked(text: str) -> Any:
        if isinstance(text, str) and not count.fits(len(text)):
            return len(text)
        waiting[0] = True
        return write(text)

    def counted() -> None:
        if waiting[0]:  # an output of its own; the next write complains, as the shell itself flushes too
            count.printed, waiting[0] = count.printed + MESSAGE, False
            flush()  # never with nothing to say: a kernel that ends has stopped listening, and the flush would hang

    stream.write, stream.flush = checked, counted


def _size(part: Any) -> int:
    return len(part) if isinstance(part, str | bytes) else len(json.dumps(part))
