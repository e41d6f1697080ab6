"""Cells that print or show without end are stopped with one line, in whatever way they print."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import kernel_notebooks as made
import psutil
import pytest

from helpers.kernels import limits, server
from helpers.publish import execute

MUCH = "prints more than 1 MB → print a summary, or write to a file"
ENDLESS = {
    "loop": 'while True: print("x" * 1000)',
    "once": 'print("x" * 500_000_000)',
    "flushed": "while True: print(1, flush=True)",
    "shown": 'from IPython.display import HTML, display\ndisplay(HTML("x" * 100_000_000))',
    "result": 'from IPython.display import HTML\nHTML("x" * 100_000_000)',
    "many": "for number in range(10_000_000): display(number)",
    "data": 'display({"application/json": {"a": "x" * 10**8}}, raw=True)',
    "descriptor": 'import os\nwhile True: os.write(1, b"x" * 100_000)',
    "program": 'import subprocess\nsubprocess.run(["yes"])',
    "thread": """
        import threading, time
        def end():
            while True: print("x" * 1000)
        threading.Thread(target=end, daemon=True).start()
        time.sleep(80)
    """,
}
FINE = ('import os, time\nos.write(1, b"one\\n")\ntime.sleep(0.3)', 'print("x" * 900_000)', 'print("y" * 900_000)')
FREED = (
    """
    def taken(): return int(open("/proc/self/statm").read().split()[1]) * 4096
    before, many = taken(), [bytes(2000) for _ in range(100_000)]
    last, many = many[-1], None
    """,
    "print(taken() - before)",
)


@contextmanager
def most(memory: list[int]) -> Iterator[None]:
    """Appends by how many bytes this process grew meanwhile, at most."""
    process, done = psutil.Process(), threading.Event()
    before = highest = process.memory_info().rss

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.02):
            highest = max(highest, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        memory.append(highest - before)


@pytest.fixture(scope="module")
def stopped(
    forks: server.Server, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, execute.Executed], list[int]]:
    """Notebooks whose second cell does not end, and one whose cells stay just below what is allowed."""
    root, memory = tmp_path_factory.mktemp("limits"), list[int]()
    (root / "definitions").mkdir()
    (root / "definitions" / "run.toml").write_text("[cell_seconds]\nvalue = 60\n[printed_bytes]\nvalue = 1_000_000\n")
    books = {name: ("print('before')", source, "print('after')") for name, source in ENDLESS.items()}
    with pytest.MonkeyPatch.context() as patch, most(memory):
        patch.setenv("XIAODIAN_DATA", str(root))
        patch.setattr(server, "_current", [forks])
        return made.run(root, books | {"fine": FINE, "freed": FREED}), memory


@pytest.mark.parametrize("name", ENDLESS)
def test_a_cell_that_never_stops_is_stopped(stopped: tuple, name: str) -> None:
    first, second, third = made.cells(stopped[0][name])
    line = second.source.partition("\n")[0]
    assert stopped[0][name].error == f"cell 2 ({line}): {MUCH}"
    assert first.outputs[0].text == "before\n" and not third.outputs  # what came before is kept, nothing comes after
    assert stopped[0][name].path.stat().st_size < 8e6  # a megabyte in lines of one letter, each in its own line of JSON


def test_this_process_does_not_grow_by_what_was_not_kept(stopped: tuple) -> None:
    assert stopped[1][0] < 200e6


def test_what_stays_below_is_kept_and_what_a_descriptor_gets_is_shown(stopped: tuple) -> None:
    assert made.printed(stopped[0]["fine"], 0) == "one\n"
    assert [len(made.printed(stopped[0]["fine"], cell)) for cell in (1, 2)] == [900_001, 900_001]  # room for each cell


def test_what_a_cell_has_freed_goes_back_to_the_system(stopped: tuple) -> None:
    assert int(made.printed(stopped[0]["freed"])) < 100e6  # of 200, below one that stays


def test_the_shipped_limit_has_room_for_a_page() -> None:
    from helpers.definitions import files

    assert files.toml(Path(files.find("run.toml")))["printed_bytes"]["value"] == 20_000_000


class Stream(io.StringIO):
    """Says how often it was flushed."""

    flushed = 0

    def flush(self) -> None:
        self.flushed += 1


def test_a_stream_with_nothing_to_say_is_not_flushed_as_that_hangs_a_kernel_that_is_ending() -> None:
    stream, count = Stream(), limits.Count(10_000)
    limits._limited(stream, count)
    stream.flush()
    assert stream.flushed == 0
    stream.write("a")
    stream.flush()
    stream.flush()
    assert (stream.flushed, stream.getvalue(), count.printed) == (1, "a", 1 + limits.MESSAGE)
