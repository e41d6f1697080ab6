"""What a chapter's PDF costs: our exporter against Chromium and WeasyPrint printing nbconvert's HTML of the same notebook."""

import importlib.util
import json
import os
import shutil
import statistics
import sys
from pathlib import Path

from processes import LANG, PERIOD, SHOP, Cost, compared, cost, in_turn, table

HERE = Path(__file__).resolve()
NOTEBOOK = "02_sales_recap"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "chrome-headless-shell")
PRINTING = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
PRINTERS = ("Chromium", "WeasyPrint")
PAGES = 4


def pdf(folder: Path, around: dict[str, str], pairs: int) -> list[str]:
    """One executed notebook as PDF: by our exporter, and by what prints nbconvert's HTML."""
    out = folder / "pages"
    out.mkdir(exist_ok=True)
    source = folder / "reports" / SHOP / PERIOD / LANG / "notebooks" / f"{NOTEBOOK}.ipynb"
    if not source.exists():
        cost(["xiaodian", "report", PERIOD, "--shop", SHOP, "--lang", LANG, "--only", NOTEBOOK], around)
    convert = ["jupyter", "nbconvert", source, "--output-dir", out, "--to"]
    printers = _printers(out / f"{NOTEBOOK}.html", out)
    ways = {"ours": [*convert, "xiaodian-pdf"], "html": [*convert, "html", "--no-input"], **printers}
    cost(ways["html"], around)  # the page that is printed
    runs: dict[str, list[Cost]] = {name: [] for name in ways}
    for way in in_turn(list(ways), pairs):
        runs[way].append(cost(ways[way], around))
    rows = [["`jupyter nbconvert --to xiaodian-pdf`", *compared(runs["ours"])]]
    for name in printers:
        whole = [one + other for one, other in zip(runs["html"], runs[name], strict=True)]
        rows.append([f"`--to html`, then {name}", *compared(whole)[:2], *compared(runs["ours"], whole)[2:]])
        rows.append([f"{name} alone", *compared(runs[name])[:2], *compared(runs["ours"], runs[name])[2:]])
    start, next_ = json.loads(cost([sys.executable, HERE, source], around).said)
    sizes = ", ".join(f"{path.stem} {path.stat().st_size / 1e3:,.0f} kB" for path in sorted(out.glob("*.pdf")))
    alone = (
        f"The exporter inside one process: first chapter {start:.2f} CPU s, a further one {next_:.2f}. Sizes: {sizes}."
    )
    missing = [f"{name} is not installed here: not measured." for name in PRINTERS if name not in printers]
    found = table(["a chapter's PDF", "CPU s", "wall s", "ours ÷ it, CPU", "ours ÷ it, wall"], rows)
    return ["### PDF", "", *found, "", " ".join([alone, *missing])]


def _printers(page: Path, out: Path) -> dict[str, list[str]]:
    """Commands that print a page, of the programs that are installed."""
    found, browser = {}, next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser and importlib.util.find_spec("playwright"):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as driver:
            path = Path(driver.chromium.executable_path)
        browser = str(path) if path.exists() else None
    if browser:
        found["Chromium"] = [browser, *PRINTING, f"--print-to-pdf={out / 'Chromium.pdf'}", page.as_uri()]
    if program := shutil.which("weasyprint"):
        found["WeasyPrint"] = [program, str(page), str(out / "WeasyPrint.pdf")]
    return found


def pages(source: Path) -> None:
    """CPU seconds of the exporter on its first chapter and on a further one."""
    import nbformat

    from helpers.publish import chapter, document

    notebook, spent = nbformat.read(source, as_version=4), []
    for _ in range(PAGES):
        before = sum(os.times()[:4])  # pandoc included
        made = chapter.convert(notebook, source.stem)
        document.pdf(document.single(made), made.period, made.title)
        spent.append(sum(os.times()[:4]) - before)
    print(json.dumps([spent[0], statistics.median(spent[1:])]))


if __name__ == "__main__":
    pages(Path(sys.argv[1]))
