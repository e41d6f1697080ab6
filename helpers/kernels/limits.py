"""IPython extension: a cell that prints without end is stopped before it fills memory and disk."""

import sys
from typing import Any

from helpers.definitions import files
from helpers.errors import XiaodianError


def load_ipython_extension(shell: Any) -> None:
    """Count what each cell prints and shows, and raise in the cell once that is too much."""
    most = int(files.toml(files.find("run.toml"))["printed_bytes"]["value"])
    printed = [0]

    def counted(size: int) -> None:
        printed[0] += size
        if printed[0] > most:
            raise XiaodianError("cell", f"prints more than {most / 1e6:,.0f} MB", "print a summary, or write to a file")

    def limited(stream: Any) -> None:
        write = stream.write

        def checked(text: str) -> Any:
            counted(len(text))
            return write(text)

        stream.write = checked

    def shown(message: Any) -> Any:
        counted(sum(len(part) for part in message["content"].get("data", {}).values() if isinstance(part, str | bytes)))
        return message

    shell.events.register("pre_run_cell", lambda info: printed.__setitem__(0, 0))
    shell.display_pub.register_hook(shown)
    for stream in (sys.stdout, sys.stderr):
        limited(stream)
