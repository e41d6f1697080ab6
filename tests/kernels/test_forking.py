"""Kernels forked from a warm process are kernels like any other: each way in which they could differ was met once."""

import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import kernel_notebooks as made
import pandas as pd
import psutil
import pytest

from helpers import kernels
from helpers.kernels import server
from helpers.publish import execute

FIRST = """
    import json, os, random, sys, threading, time
    hooked = "matplotlib_inline.backend_inline" in sys.modules
    print(json.dumps({"hooked": hooked, "threads": sorted(one.name for one in threading.enumerate())}))
"""
WIDE = """
    import pandas as pd
    wide = pd.DataFrame({f"列 {number:02}": [number, number * 1000.5] for number in range(30)})
    wide
"""
STYLER = """
    wide.iloc[:, 1:5].style.set_uuid("same").format(precision=1).hide(axis="index").set_caption("表").bar()
"""
FIGURE = """
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot([1, 2, 4])
"""
SHOWN = """
    for height in (1, 2):
        plt.figure(figsize=(2, height))
        plt.bar(["a", "b"], [3, height])
        plt.show()
    plt.isinteractive(), plt.get_backend()
"""
OURS = """
    from helpers import show
    from helpers.chapters import sales
    from helpers.report import open_report
    report = open_report("2026-10", "probe", "zh")
    month = sales.month(report)
    display(show.cards(month), show.line(month, "daily", y="paid_amount"), show.says(month))
    show.record(report, "sales")
"""
SETTINGS = """
    import matplotlib
    from IPython import get_ipython
    shown = {name: str(pd.get_option(name)) for name in ("display.max_columns", "display.width", "display.max_rows")}
    shown |= {"rc": {name: str(value) for name, value in matplotlib.rcParams.items()}}
    shown |= {"path": sys.path, "safe": sys.flags.safe_path, "folder": os.getcwd(), "data": os.environ["XIAODIAN_DATA"]}
    shown |= {"marks": [os.environ.get("KERNEL_MARK"), os.environ.get("SERVER_MARK")]}
    shown |= {"hour": time.localtime(0).tm_hour, "threads": os.environ["OMP_NUM_THREADS"]}
    shown |= {"one": hash("小店"), "tqdm": __import__("tqdm.auto").auto.tqdm.__module__, "main": __name__}
    shown |= {"history": get_ipython().history_manager.enabled}
    print(json.dumps(shown, ensure_ascii=False))
"""
OWN = """
    import numpy, secrets, uuid
    from IPython import get_ipython
    drawn = [random.random(), numpy.random.random(), numpy.random.default_rng().random()]
    parent = get_ipython().kernel.parent.parent_handle
    print(json.dumps({"drawn": drawn, "parents": [parent, os.getppid(), int(os.environ["JPY_PARENT_PID"])]}))
"""
WORK = """
    import duckdb, numpy, pyarrow, pyarrow.parquet, subprocess, threading
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    from pathlib import Path
    import pandas as pd
    folder = Path(os.environ["KERNEL_FOLDER"])
    parquet = folder / f"{os.getpid()}.parquet"
    pd.DataFrame({"数": range(1000)}).to_parquet(parquet)
    read = int(pd.read_parquet(parquet)["数"].sum())
    asked = duckdb.sql(f"select sum(数) from '{parquet}'").fetchone()[0]
    with duckdb.connect() as connection:
        asked_too = connection.execute(f"select count(*) from read_parquet('{parquet}')").fetchone()[0]
    matrix = numpy.ones((500, 500)) @ numpy.ones((500, 500))
    with ProcessPoolExecutor(2) as pool:
        powers = list(pool.map(pow, [2, 3], [10, 4]))
    with ThreadPoolExecutor(2) as pool:
        more = list(pool.map(pow, [5], [2]))
    said = subprocess.run(["echo", "hello"], capture_output=True, text=True).stdout
    print(json.dumps([read, int(asked), asked_too, float(matrix.sum()), powers, more, said]))
"""
BOOK = (FIRST, WIDE, "print(wide)\nprint('错误', file=sys.stderr)", STYLER, FIGURE, SHOWN, OURS, SETTINGS, OWN)
(FIRST_AT, WIDE_AT, TEXT_AT, STYLER_AT, FIGURE_AT, SHOWN_AT, OURS_AT, SETTINGS_AT, OWN_AT) = range(len(BOOK))
LASTS = (
    "import os, pathlib, time\npathlib.Path(os.environ['KERNEL_FOLDER'], f'{os.getpid()}.pid').touch()\ntime.sleep(60)"
)


@pytest.fixture(scope="module")
def executed(forks: server.Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, execute.Executed]:
    """One notebook in two forked kernels and in a cold one, after the server's folder, environment and time zone."""
    from helpers.store import Store

    root = tmp_path_factory.mktemp("both")
    moments = pd.to_datetime(["2026-10-01 09:00", "2026-10-02 10:00", "2026-10-30 21:00"])
    orders = pd.DataFrame({"order_id": list("abc"), "line_id": list("abc"), "ordered_at": moments, "paid_at": moments})
    orders = orders.assign(
        payable_fen=[1250, 990, 3000], quantity=1, source="0" * 64, snapshot=pd.Timestamp("2026-11-05")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XIAODIAN_DATA", str(root / "data"))
        patch.setenv("KERNEL_MARK", "of the request")
        patch.setenv("KERNEL_FOLDER", str(root))
        patch.setenv("TZ", "Asia/Tokyo")
        patch.chdir(root)
        Store.open().upsert("orders", "probe", orders)
        cold = made.run(root / "cold", {"cold": BOOK}, 1)
        patch.setattr(server, "_current", [forks])
        return cold | made.run(root / "warm", {"warm": BOOK, "again": (FIRST, OWN), "work": (FIRST, WORK)}, 1)


def test_every_output_is_the_same_cold_and_warm(executed: dict[str, execute.Executed]) -> None:
    """Text, a wide frame, a Styler, figures, and the charts, cards, sentences and facts of a small report."""
    cold, warm = (made.cells(executed[name])[:OWN_AT] for name in ("cold", "warm"))
    for one, two in zip(cold, warm, strict=True):
        assert made.plain(two) == made.plain(one)
    assert not executed["cold"].error
    kinds = [sorted(kind for output in cell.outputs for kind in output.get("data", ())) for cell in cold]
    assert kinds[WIDE_AT] == kinds[STYLER_AT] == ["text/html", "text/plain"]
    assert kinds[FIGURE_AT] == ["image/png", "text/plain", "text/plain"]
    assert "image/svg+xml" in kinds[OURS_AT] and "application/vnd.xiaodian.facts+json" in kinds[OURS_AT]


def test_pandas_shows_a_wide_frame_as_in_a_notebook(executed: dict[str, execute.Executed]) -> None:
    """pandas decides at import, by asking for the shell, whether 20 columns are shown or as many as the terminal is wide."""
    assert made.told(executed["warm"], SETTINGS_AT)["display.max_columns"] == "20"
    (output,) = made.cells(executed["warm"])[WIDE_AT].outputs
    assert "..." in output.data["text/plain"] and "30 columns" in output.data["text/plain"]
    assert output.data["text/html"].count("<th>列 ") == 20


def test_figures_are_drawn_inline_by_a_backend_that_the_server_has_not_imported(
    executed: dict[str, execute.Executed],
) -> None:
    assert made.told(executed["warm"], FIRST_AT)["hooked"] is False
    assert sum("image/png" in output.data for output in made.cells(executed["warm"])[FIGURE_AT].outputs) == 1
    *pictures, last = made.cells(executed["warm"])[SHOWN_AT].outputs
    assert ["image/png" in picture.data for picture in pictures] == [True, True]
    assert pictures[0].data["image/png"] != pictures[1].data["image/png"]
    assert last.data["text/plain"] == "(True, 'module://matplotlib_inline.backend_inline')"


def test_the_server_has_one_thread_but_those_of_an_allocator(forks: server.Server) -> None:
    """A connection of DuckDB would be a second one; jemalloc, which pyarrow brings, starts its own anew after a fork."""
    assert forks.ask(do="poll", pid=1) == {"code": -9}  # it answers: it has imported everything
    tasks = Path(f"/proc/{forks.process.pid}/task")
    names = sorted((task / "comm").read_text().strip() for task in tasks.iterdir())
    assert [name for name in names if name != "jemalloc_bg_thd"] == ["python"]
    assert {path.resolve().name for path in Path(f"/proc/{forks.process.pid}/fd").iterdir()} >= {"null"}
    assert len(list(Path(f"/proc/{forks.process.pid}/fd").iterdir())) == 4  # three to nowhere, one to this process


def test_threads_processes_queries_and_matrices_work_in_a_fork(executed: dict[str, execute.Executed]) -> None:
    assert made.told(executed["work"]) == [499500, 499500, 1000, 125e6, [1024, 81], [25], "hello\n"]


def test_the_environment_is_that_of_the_request(
    executed: dict[str, execute.Executed], forks: server.Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    theirs = psutil.Process(forks.process.pid).environ()
    assert "KERNEL_MARK" not in theirs and "TZ" not in theirs and "SERVER_MARK" in theirs
    seen = made.told(executed["warm"], SETTINGS_AT)
    root = Path(seen["folder"])
    assert (seen["marks"], seen["hour"], seen["data"], seen["threads"]) == (
        ["of the request", None],
        9,
        str(root / "data"),
        "1",
    )
    assert theirs["XIAODIAN_DATA"] != seen["data"] and theirs.get("PWD") != str(root)


def test_cells_of_a_batch_do_not_enter_the_history_of_the_user(executed: dict[str, execute.Executed]) -> None:
    assert [made.told(executed[name], SETTINGS_AT)["history"] for name in ("cold", "warm")] == [False, False]


def test_two_kernels_draw_different_random_numbers(executed: dict[str, execute.Executed]) -> None:
    drawn = [made.told(executed[name])["drawn"] for name in ("cold", "warm", "again")]
    assert all(len(set(same)) == 3 for same in zip(*drawn, strict=True))


def test_a_kernel_watches_the_server(executed: dict[str, execute.Executed], forks: server.Server) -> None:
    """ipykernel reads whom to watch from the environment once, when it is imported."""
    assert made.told(executed["warm"], OWN_AT)["parents"] == [forks.process.pid] * 3
    assert made.told(executed["cold"], OWN_AT)["parents"] == [os.getpid()] * 3


LEFT = """
    import atexit, pathlib, threading, time
    folder = pathlib.Path({!r})
    folder.mkdir()
    atexit.register((folder / "registered").touch)
    file = (folder / "file").open("w")
    file.write("not yet on the disk")
    threading.Thread(target=lambda: (time.sleep(0.3), (folder / "thread").touch())).start()
"""


def test_what_a_notebook_leaves_for_its_end_is_done(warm: server.Server, tmp_path: Path) -> None:
    books = {name: (LEFT.format(str(tmp_path / name)),) for name in ("one", "two")}
    assert [done.error for done in made.run(tmp_path, books).values()] == ["", ""]
    for name in books:
        assert (tmp_path / name / "registered").exists() and (tmp_path / name / "thread").exists()
        assert (tmp_path / name / "file").read_text() == "not yet on the disk"


def test_a_kernel_has_said_that_it_is_done_before_it_closes_what_it_says_it_through(
    warm: server.Server, tmp_path: Path
) -> None:
    """Else one in thirty waited for ever, until it was killed."""
    source = f"""
        import atexit, pathlib
        said = get_ipython().kernel.parent.control_thread
        atexit.register(lambda: pathlib.Path({str(tmp_path)!r}, f"{{id(said)}}.{{said.is_alive()}}").touch())
    """
    assert [done.error for done in made.run(tmp_path, dict.fromkeys("abcd", (source,))).values()] == [""] * 4
    assert len(list(tmp_path.glob("*.False"))) >= 1 and not list(tmp_path.glob("*.True"))


def test_a_server_sees_the_modules_as_they_are_when_it_starts_and_does_not_outlive_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made.without(tmp_path / "without")
    monkeypatch.setenv("PYTHONPATH", folder, prepend=os.pathsep)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    seen = []
    for content in ("number = 1", "number = 22"):
        (Path(folder) / "rjieba.py").write_text(content)  # one of those that the server imports
        with kernels.warm({"OMP_NUM_THREADS": "1"}):
            pid = server.current().process.pid  # type: ignore[union-attr]
            assert server.current().ask(do="poll", pid=1)  # type: ignore[union-attr]
            assert psutil.Process(pid).environ()["OMP_NUM_THREADS"] == "3"  # as a cold kernel would have it
            with kernels.warm():  # there is one: it is used
                source = "import os, rjieba; print(rjieba.number, os.getppid())"
                seen.append(made.printed(made.run(tmp_path / content[-1], {"seen": (source,)})["seen"]).split())
        assert seen[-1][1] == str(pid) and not psutil.pid_exists(pid)
    assert [number for number, _ in seen] == ["1", "22"] and server.current() is None
    assert [child for child in psutil.Process().children() if "forking" in " ".join(child.cmdline())][1:] == []


def test_kernels_end_when_their_server_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_FOLDER", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", made.without(tmp_path / "without"), prepend=os.pathsep)
    with kernels.warm():
        process = server.current().process  # type: ignore[union-attr]
        watcher = f"import os, pathlib, time\nfolder = pathlib.Path({str(tmp_path)!r})\n" + dedent(f"""
            while not len(list(folder.glob("*.pid"))) == 2: time.sleep(0.02)
            os.kill({process.pid}, 9)
        """)
        with subprocess.Popen([sys.executable, "-c", watcher]):
            done = made.run(tmp_path, {"a": (LASTS,), "b": (LASTS,)})
        pids = made.numbers(tmp_path, 2)
        assert made.within(5, lambda: not any(map(made.alive, pids)))
        assert {one.error for one in done.values()} == {
            "cell 1 (import os, pathlib, time): the kernel died: killed (signal 9), perhaps out of memory"
        }
        cold = made.run(tmp_path / "later", {"later": ("import os; print(os.getppid())",)})["later"]
        assert made.printed(cold) == f"{os.getpid()}\n"  # no server answers: as slow as ever, and the same


def test_server_and_kernels_end_when_the_run_is_killed(tmp_path: Path) -> None:
    paths = [str(made.write(tmp_path, name, LASTS)) for name in "ab"]
    script = f"""
        import os
        from pathlib import Path
        from helpers import kernels
        from helpers.kernels import server
        from helpers.publish import execute
        os.environ["PYTHONPATH"] = os.pathsep.join([{made.without(tmp_path / "without")!r}, os.environ.get("PYTHONPATH", "")])
        with kernels.warm():
            Path({str(tmp_path)!r}, f"{{server.current().process.pid}}.pid").touch()
            list(execute.execute([Path(path) for path in {paths}], Path({str(tmp_path)!r}), {{}}))
    """
    environment = {**os.environ, "KERNEL_FOLDER": str(tmp_path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", dedent(script)], env=environment) as process:
        pids = made.numbers(tmp_path, 3)
        assert all(map(made.alive, pids))
        process.kill()
    assert made.within(5, lambda: not any(map(made.alive, pids)))


def test_a_server_that_cannot_fork_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(made.without(tmp_path / "without"))
    (folder / "sitecustomize.py").write_text(
        "import os\ndef fork(): raise BlockingIOError(11, 'no more processes')\nos.fork = fork\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    with kernels.warm():
        with pytest.raises(OSError, match="no more processes"):
            server.current().ask(do="fork")  # type: ignore[union-attr]
        done = made.run(tmp_path, {"a": ("import os; print(os.getppid())",)})["a"]
    assert made.printed(done) == f"{os.getpid()}\n"


def test_a_server_that_hangs_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ANSWER_SECONDS", 2)
    monkeypatch.setattr(server, "END_SECONDS", 0.1)
    folder = Path(made.without(tmp_path / "without"))
    (folder / "pandas.py").write_text("import time; time.sleep(600)")
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    started = time.monotonic()
    with kernels.warm():
        pid = server.current().process.pid  # type: ignore[union-attr]
        books = dict.fromkeys("ab", ("import os; print(os.getppid())",))
        done = made.run(tmp_path, books)
    assert [made.printed(one) for one in done.values()] == [f"{os.getpid()}\n"] * 2
    assert not psutil.pid_exists(pid) and time.monotonic() - started < 40


def test_a_kernel_goes_on_where_its_server_hangs_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ANSWER_SECONDS", 2)
    monkeypatch.setattr(server, "END_SECONDS", 0.1)
    monkeypatch.setenv("PYTHONPATH", made.without(tmp_path / "without"), prepend=os.pathsep)
    stops = "import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(4)"
    with kernels.warm():
        done = made.run(tmp_path, {"a": (stops, "print(os.getppid(), os.getpid())")})["a"]
        parent, kernel = map(int, made.printed(done).split())
        assert parent == server.current().process.pid  # type: ignore[union-attr]
    assert not made.alive(kernel) and not psutil.pid_exists(parent)


def test_without_a_server_and_with_cold_kernels_start_as_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kernels.warm(wanted=False):
        assert server.current() is None
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(tmp_path / "none"))
        with kernels.warm():
            assert server.current() is None
