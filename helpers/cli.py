"""The command line: reads the words, calls the rooms, prints what they say."""
# ruff: noqa: T201

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helpers import memory, paths
from helpers.errors import XiaodianError, nearest


def main(words: Sequence[str] | None = None) -> int:
    """Exit code of a command: 0 done, 1 a chapter failed, 2 input or parameters wrong."""
    memory.lean()
    parser = _parser()
    given, rest = parser.parse_known_args(words)
    given.options = rest
    if given.options and given.command is not _lab:
        parser.error(f"unrecognized arguments: {' '.join(given.options)}")
    for root in ("data", "reports"):
        if folder := getattr(given, root, ""):
            os.environ[f"XIAODIAN_{root.upper()}"] = str(Path(folder).resolve())
    try:
        for shop in [getattr(given, "shop", None), *(getattr(given, "shops", None) or [])]:
            if shop is not None:
                paths.raw(shop)  # says so when the name is no name of a shop
        return int(given.command(given))
    except XiaodianError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:  # a reader of the screen gets one line, whatever happened
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def _sample(given: argparse.Namespace) -> int:
    from helpers import sample

    target = paths.raw("sample")
    sample.write_shop(target, given.orders_per_month, given.seed)
    print(target)
    return 0


def _templates(given: argparse.Namespace) -> int:
    from helpers.definitions import templates
    from helpers.templates import filled, write_templates

    kept = templates.settings()["words"]["kept"][given.lang]
    for path in write_templates(paths.data() / "templates", given.lang):
        print(kept.format(path=path) if filled(path) else path)
    return 0


def _ingest(given: argparse.Namespace) -> int:
    from helpers.ingest import discover, ingest
    from helpers.ingest.summary import summary_lines

    if given.explain or given.quarantine:
        return _told(given)
    shops = [_owner(given.paths, given.shop)] if given.paths else [given.shop] if given.shop else _shops()
    useful, failed = 0, 0
    for shop in shops:
        if len(shops) > 1:
            print(f"{shop}:")
        try:
            found = _files(given.paths, shop) if given.paths else discover(shop)
            if not found:
                raise XiaodianError(str(paths.raw(shop)), "no exports", nearest(shop, _shops()))
            result = ingest(found, shop)
            print("\n".join(summary_lines(result, given.lang)))
        except XiaodianError as error:  # one shop's fault stops no other shop
            print(error, file=sys.stderr)
            failed += 1
            continue
        useful += any(entry.status in {"read", "same"} for entry in result.entries)
    return int(failed > 0) if useful else 2


def _told(given: argparse.Namespace) -> int:
    """Explain a file, or list the rows that wait for a correction; nothing is stored."""
    from helpers.ingest import explain, feedback

    if given.explain:
        shop = _owner([given.explain], given.shop)
        for path in _files([given.explain], shop):
            print("\n".join(explain.lines(path, shop, given.lang)))
        return 0
    for shop in [given.shop] if given.shop else _shops():
        print("\n".join(feedback.lines(shop, given.lang)))
    return 0


def _shops() -> list[str]:
    """Folders of exports under the data root."""
    found = sorted(folder.name for folder in (paths.data() / "raw").glob("[!.]*") if folder.is_dir())
    if not found:
        raise XiaodianError(
            str(paths.data() / "raw"),
            "no shop folders",
            "run `xiaodian sample`, or put exports into one folder per shop",
        )
    return found


def _owner(given: Sequence[str], shop: str | None) -> str:
    """The shop that the given paths belong to."""
    raw = paths.data() / "raw"
    inside = [Path(path).resolve().relative_to(raw).parts for path in given if Path(path).resolve().is_relative_to(raw)]
    owners = {parts[0] for parts in inside if parts}
    if shop:
        return shop
    if len(owners) != 1 or len(inside) != len(given):
        raise XiaodianError("--shop", "these paths do not say which shop they belong to", "add --shop NAME")
    return owners.pop()


def _files(given: Sequence[str], shop: str) -> list[Path]:
    """The given files, and the exports in the given folders."""
    from helpers.ingest import discover

    found: list[Path] = []
    for path in (Path(text).resolve() for text in given):
        if not path.exists():
            raise XiaodianError(str(path), "no such file or folder", "check the path")
        found += discover(shop, path) if path.is_dir() else [path]
    return found


def _check(given: argparse.Namespace) -> int:
    from helpers.publish import check

    found = check.check(given.period, given.shop, given.lang)
    if given.json:
        print(json.dumps(found.data(), ensure_ascii=False, indent=1))
    else:
        print("\n".join(check.lines(found)))
    return 0


def _report(given: argparse.Namespace) -> int:
    from helpers.publish import index, run

    started = time.perf_counter()

    def tell(result: Any) -> None:
        state = f"failed: {result.error}" if result.error else "done"
        print(f"{time.perf_counter() - started:6.1f} s  {result.name}  {state}", flush=True)

    only, to = _listed(given.only), _listed(given.to)
    made = run.run(given.shop, given.period, given.lang, only, to, given.jobs, tell, given.cold, given.timeout)
    index.write(paths.reports())
    for path in made.paths:
        print(path)
    return made.exit_code


def _backfill(given: argparse.Namespace) -> int:
    from dataclasses import replace

    from helpers.publish import backfill

    shops = given.shops or _stored()
    langs, to = _listed(given.lang), _listed(given.formats)
    queued = backfill.queue(shops, given.first, given.last, langs, to)
    queued = [replace(job, cold=given.cold, timeout=given.timeout) for job in queued]

    def tell(progress: Any) -> None:
        outcome, left = progress.outcome, f", about {progress.left / 60:.0f} min left" if progress.left >= 60 else ""
        state = f"failed: {outcome.error}" if outcome.error else f"{outcome.ran} notebooks, {outcome.seconds:.0f} s"
        state = state if outcome.seconds else "unchanged"
        state += f" (tried again after: {outcome.again})" if outcome.again and not outcome.error else ""
        print(f"[{progress.done}/{progress.total}] {outcome.job.name}  {state}{left}", flush=True)

    outcomes = backfill.backfill(queued, given.jobs, given.scheduler, tell)
    failed = [outcome for outcome in outcomes if outcome.error]
    same = sum(1 for outcome in outcomes if not outcome.seconds)
    print(f"{len(outcomes) - same - len(failed)} made, {same} unchanged, {len(failed)} failed")
    for outcome in failed:
        print(f"failed: {outcome.job.name}: {outcome.error}", file=sys.stderr)
    print(paths.reports() / "index.html")
    return int(bool(failed))


def _stored() -> list[str]:
    """Shops with data."""
    from helpers.store import Store

    found = Store.open().shops()
    if not found:
        raise XiaodianError(str(paths.store()), "no shop has data", "run `xiaodian ingest` first")
    return found


def _cleanup(given: argparse.Namespace) -> int:
    from helpers.store.retention import cleanup

    found = cleanup(paths.store(), given.keep_days, given.yes)
    done = "removed" if given.yes else "would remove"
    print(f"{done} {len(found.files)} files, {found.size / 1e6:,.1f} MB; small files to join: {found.small}")
    print(f"the past stays readable from {found.since or 'today'} on")
    if not given.yes:
        print("nothing was changed; add --yes to do it")
    return 0


def _lab(given: argparse.Namespace) -> int:
    import subprocess

    words = [sys.executable, "-m", "jupyterlab", str(paths.NOTEBOOKS), *given.options]
    return subprocess.run(words, check=False).returncode


def _listed(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _parser() -> argparse.ArgumentParser:
    roots = argparse.ArgumentParser(add_help=False)
    roots.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help="data root (or XIAODIAN_DATA)")
    roots.add_argument("--reports", metavar="DIR", default=argparse.SUPPRESS, help="reports root (or XIAODIAN_REPORTS)")
    parser = argparse.ArgumentParser(
        "xiaodian", description="Monthly operations review of a Douyin shop.", parents=[roots]
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, call: Any, about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about, parents=[roots])
        made.set_defaults(command=call)
        return made

    sample = command("sample", _sample, "write the sample shop's exports")
    sample.add_argument("--orders-per-month", type=_count, metavar="N", default=1500)
    sample.add_argument("--seed", type=_count, metavar="N", help="another shop with the same planted truths")
    sheets = command("templates", _templates, "write the files that only a shop can fill, with an example row")
    sheets.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the notes: zh or en")
    ingest = command("ingest", _ingest, "read exports into the store")
    ingest.add_argument(
        "paths", nargs="*", metavar="PATH", help="files or folders (default: every shop under the data root)"
    )
    told = ingest.add_mutually_exclusive_group()
    told.add_argument(
        "--explain", metavar="FILE", help="say what a file is taken for, why, and how each column is read"
    )
    told.add_argument(
        "--quarantine", action="store_true", help="list rows that wait for a correction and write workbooks to correct"
    )
    check = command("check", _check, "freshness and completeness of a period; no notebook runs")
    check.add_argument("period", metavar="PERIOD", help="2026-10, 2026Q3, 2026-10-01..2026-10-15 …")
    check.add_argument("--json", action="store_true")
    report = command("report", _report, "six notebooks to PDFs and a book")
    report.add_argument("period", nargs="?", metavar="PERIOD", help="default: the last complete month")
    report.add_argument("--only", metavar="02,05", help="some notebooks; no book")
    report.add_argument("--to", default="pdf", metavar="pdf,html,xlsx")
    report.add_argument("--jobs", type=_count, default=2, metavar="N", help="notebooks at a time")
    backfill = command("backfill", _backfill, "reports of many periods and shops; skips what has not changed, resumes")
    backfill.add_argument("--from", dest="first", required=True, metavar="PERIOD", help="2025-01, 2025Q1 …")
    backfill.add_argument("--to", dest="last", required=True, metavar="PERIOD", help="2026-10, 2026Q3 …")
    backfill.add_argument("--shop", dest="shops", action="append", metavar="S", help="may be repeated (default: all)")
    backfill.add_argument("--lang", default="zh", metavar="zh,en")
    backfill.add_argument("--formats", default="pdf", metavar="pdf,html,xlsx")
    backfill.add_argument(
        "--scheduler", default="", metavar="tcp://…", help="a Dask cluster that sees the same folders"
    )
    backfill.add_argument("--jobs", type=_count, default=2, metavar="N", help="reports at a time")
    cleanup = command("cleanup", _cleanup, "say what of the store's past could go; with --yes it goes")
    cleanup.add_argument("--keep-days", type=_count, metavar="N", help="days of the past that stay readable")
    cleanup.add_argument("--yes", action="store_true", help="do it")
    command("lab", _lab, "JupyterLab on the notebooks; takes its options too, such as --port 9000")
    for made in (report, backfill):
        made.add_argument("--cold", action="store_true", help="start each kernel anew instead of forking a warm one")
        made.add_argument("--timeout", type=_count, metavar="S", help="seconds after which a cell counts as hanging")
    for made, shop in ((ingest, None), (check, "sample"), (report, "sample")):
        made.add_argument("--shop", default=shop, metavar="S", help="folder under the data root's raw")
        made.add_argument("--lang", default="zh", help="zh or en")
    return parser


if __name__ == "__main__":
    sys.exit(main())
