"""Backfills: what runs again after a change, and that a killed one is finished by the next."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import backfill_shop as made
import pytest

from helpers import cli, kernels, paths
from helpers.errors import ParameterError
from helpers.publish import backfill, execute, jobs
from helpers.publish.jobs import Job

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")


@pytest.fixture
def shops(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two shops with four months each, the notebooks of `backfill_shop`; the reports root."""
    made.write_notebooks(tmp_path / "notebooks")
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    for shop in ("a", "b"):
        made.store(shop, "orders", made.orders(*MONTHS))
        made.store(shop, "after_sales", made.refund("202607150001", 1_000, "2026-07-20"))
    return tmp_path / "reports"


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    with kernels.warm(execute.STEADY):
        yield


def ran(queued: Sequence[Job]) -> dict[str, int]:
    """Notebooks that ran, by shop and period; nothing failed."""
    outcomes = backfill.backfill(queued)
    assert [outcome.error for outcome in outcomes] == [""] * len(queued)
    return {f"{outcome.job.shop} {outcome.job.period}": outcome.ran for outcome in outcomes if outcome.ran}


def queued(first: str = "2026-07", shops: Sequence[str] = ("a", "b")) -> list[Job]:
    return backfill.queue(shops, first, "2026-10", ["zh"], ["pdf"])


def test_a_queue_holds_each_shop_and_period_that_has_data_in_order(shops: Path) -> None:
    found = backfill.queue(["b", "a"], "2026-06", "2026-11", ["zh", "en"], ["pdf"])
    assert [(job.shop, job.period) for job in found[::2]] == [(shop, month) for shop in "ba" for month in MONTHS]
    assert [job.lang for job in found[:4]] == ["zh", "en", "zh", "en"]
    assert [job.period for job in backfill.queue(["a"], "2026Q2", "2026Q4", ["zh"], ["pdf"])] == ["2026Q3", "2026Q4"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((["c"], "2026-05", "2026-10", ["zh"], ["pdf"]), "'c' has no data"),
        ((["a"], "2026-10", "2026-05", ["zh"], ["pdf"]), "no row of periods"),
        ((["a"], "2026Q2", "2026-10", ["zh"], ["pdf"]), "no row of periods"),
        ((["a"], "2025-01", "2025-03", ["zh"], ["pdf"]), "no shop has data"),
        ((["a"], "2026-05", "2026-10", ["fr"], ["pdf"]), "'fr' is not possible"),
        ((["a"], "2026-05", "2026-10", ["zh"], ["doc"]), "'doc' is not possible"),
        ((["a"], "May", "2026-10", ["zh"], ["pdf"]), "not a period"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(shops: Path, given: tuple, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        backfill.queue(*given)


def test_only_what_depends_on_a_change_runs_again(shops: Path) -> None:
    every = {f"{shop} {month}": 2 for shop in "ab" for month in MONTHS}
    assert ran(queued()) == every
    before = made.totals(shops)
    assert before["a/2026-07/01_orders"] == 30_000 and before["a/2026-07/02_refunds"] == 1_000
    assert ran(queued()) == {}
    # an order of August is refunded in October: the reviews of earlier months know nothing of it
    made.store("a", "after_sales", made.refund("202608150001", 700, "2026-10-20"), "2026-11-06")
    again = ran(queued())
    assert again == {f"a {month}": 1 for month in ("2026-08", "2026-09", "2026-10")}
    after = made.totals(shops)
    assert {key for key in after if after[key] != before[key]} == {"a/2026-08/02_refunds"}
    assert after["a/2026-08/02_refunds"] == 700
    assert ran(queued()) == {}


def test_a_confirmed_export_and_an_order_of_another_time_change_nothing_earlier(shops: Path) -> None:
    ran(queued(shops=["a"]))
    made.store("a", "orders", made.orders("2026-10"), "2026-11-05")
    assert ran(queued(shops=["a"])) == {}
    made.store("a", "orders", made.orders("2026-11"), "2026-12-05")
    # the data now reach to 60 days after September and October: their refunds are older than they were
    assert ran(queued(shops=["a"])) == {"a 2026-09": 2, "a 2026-10": 2}


def test_an_edited_notebook_and_an_edited_definition_run_what_they_touch(shops: Path, data: Path) -> None:
    ran(queued("2026-10"))
    made.write_notebooks(paths.NOTEBOOKS, **{"02_refunds": made.REFUNDS + "\n"})
    assert ran(queued("2026-10")) == {"a 2026-10": 1, "b 2026-10": 1}
    own = data / "raw" / "b" / "definitions"
    own.mkdir(parents=True)
    (own / "shop.toml").write_text((paths.SHIPPED / "definitions" / "shop.toml").read_text("utf-8") + "\n", "utf-8")
    assert ran(queued("2026-10")) == {"b 2026-10": 2}


def test_what_is_missing_or_damaged_is_made_again(shops: Path) -> None:
    ran(queued("2026-10", ["a"]))
    folder = shops / "a" / "2026-10" / "zh"
    (folder / "book.pdf").unlink()
    assert ran(queued("2026-10", ["a"])) == {} and (folder / "book.pdf").is_file()
    (folder / "run.json").write_text("{", encoding="utf-8")
    assert ran(queued("2026-10", ["a"])) == {"a 2026-10": 2}
    (folder / "notebooks" / "01_orders.ipynb").unlink()
    assert ran(queued("2026-10", ["a"])) == {"a 2026-10": 1}


def test_a_failing_notebook_is_tried_twice_named_and_stops_nothing_else(
    shops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tries = tmp_path / "tries"
    bad = f'open({str(tries)!r}, "a").write("x")\nassert period != "2026-09", "no rows"\ntotal = 0'
    made.write_notebooks(paths.NOTEBOOKS, **{"03_bad": bad})
    words = ["backfill", "--from", "2026-09", "--to", "2026-10", "--shop", "a", "--reports", str(shops)]
    assert cli.main(words) == 1
    assert len(tries.read_text()) == 3  # once for October, twice for September
    said = capsys.readouterr()
    assert "03_bad" in said.err and "no rows" in said.err and "a 2026-09" in said.err
    assert "[2/2]" in said.out and "1 made, 0 unchanged, 1 failed" in said.out
    assert (shops / "a" / "2026-09" / "zh" / "book.pdf").is_file()
    page = (shops / "index.html").read_text(encoding="utf-8")
    assert page.count("<tr>") == 3 and "部分失败：03_bad" in page and "href='a/2026-10/zh/book.pdf'" in page
    assert cli.main(words) == 1  # only what failed is tried again
    assert len(tries.read_text()) == 5


def test_a_killed_backfill_leaves_nothing_half_done_and_is_finished_by_the_next(
    shops: Path, tmp_path: Path, data: Path
) -> None:
    starts = "from helpers import cli, paths; from pathlib import Path; import sys"
    code = f"{starts}; paths.NOTEBOOKS = Path({str(paths.NOTEBOOKS)!r}); sys.exit(cli.main(sys.argv[1:]))"
    words = [sys.executable, "-c", code, "backfill", "--from", "2026-07", "--to", "2026-10"]
    roots = {"XIAODIAN_DATA": str(data), "XIAODIAN_REPORTS": str(shops)}
    process = subprocess.Popen(words, env=os.environ | roots, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline().startswith("[1/8]")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    done = set(shops.glob("*/*/zh/book.pdf"))
    assert 1 <= len(done) < 8 and all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in done)
    until = time.monotonic() + 5
    while _alive(str(shops)) and time.monotonic() < until:
        time.sleep(0.1)
    assert _alive(str(shops)) == []
    first = ran(queued())
    assert 0 < sum(first.values()) < 16
    assert ran(queued()) == {} and not list(shops.glob("*/*/.run-*"))
    found = made.totals(shops)
    assert len(found) == 16 and found["b/2026-07/02_refunds"] == 1_000 and found["b/2026-10/01_orders"] == 30_000


def _alive(root: str) -> list[str]:
    """Processes that were given that reports root."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if root.encode() in (place / "environ").read_bytes():
                found.append(place.name)
        except OSError:
            continue
    return [pid for pid in found if int(pid) != os.getpid()]


def test_a_job_is_plain_data_and_may_run_twice(shops: Path) -> None:
    job = {"shop": "a", "period": "2026-10", "lang": "zh", "to": ("pdf",)}
    assert [jobs.work(job)["ran"], jobs.work(job)["ran"]] == [2, 2]
    assert made.totals(shops)["a/2026-10/01_orders"] == 30_000
