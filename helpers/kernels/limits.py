"""IPython extension: a cell that prints without end is stopped before it fills memory and disk."""

import json
import signal
import sys
import threading
from typing import Any

from helpers.definitions import files
from helpers.errors import XiaodianError

CELL = "cell: "  # such a complaint starts so: a kernel does not know the number of its cell
MESSAGE = 4000  # bytes that each output takes beside its content, about
STOP = getattr(signal, "SIGUSR1", None)  # brings a complaint from any thread into the cell


def load_ipython_extension(shell: Any) -> None:
    """Count what each cell prints and shows, and raise in the cell once that is too much."""
    most = int(files.toml(files.find("run.toml"))["printed_bytes"]["value"])
    printed, running, told = [0], [False], [False]

    def begin(info: Any) -> None:
        printed[0], running[0], told[0] = 0, True, False

    def end(result: Any) -> None:
        running[0] = False

    def complain(*signalled: Any) -> None:
        if running[0] or not signalled:
            raise XiaodianError(
                CELL.strip(": "), f"prints more than {most / 1e6:,.0f} MB", "print a summary, or write to a file"
            )

    def fits(size: int) -> bool:
        """Whether there is room for so much; if not, the cell stops, whoever printed."""
        printed[0] += size
        if printed[0] <= most:
            return True
        if threading.current_thread() is threading.main_thread():
            complain()
        if STOP and not told[0]:  # another thread, or a program that the cell runs: what it says is dropped
            told[0] = True
            signal.pthread_kill(threading.main_thread().ident or 0, STOP)
        return False

    def limited(stream: Any) -> None:
        write, flush, waiting = stream.write, stream.flush, [False]

        def checked(text: str) -> Any:
            if isinstance(text, str) and not fits(len(text)):
                return len(text)
            waiting[0] = True
            return write(text)

        def counted() -> None:
            if waiting[0]:  # an output of its own; the next write complains, as the shell itself flushes too
                printed[0], waiting[0] = printed[0] + MESSAGE, False
            flush()

        stream.write, stream.flush = checked, counted

    def shown(message: Any) -> Any:
        return message if fits(MESSAGE + sum(map(_size, message["content"]["data"].values()))) else None

    shell.events.register("pre_run_cell", begin)
    shell.events.register("post_run_cell", end)
    shell.display_pub.register_hook(shown)
    shell.displayhook.register_hook(shown)
    for stream in (sys.stdout, sys.stderr):
        limited(stream)
    if STOP:
        signal.signal(STOP, complain)


def _size(part: Any) -> int:
    return len(part) if isinstance(part, str | bytes) else len(json.dumps(part))
