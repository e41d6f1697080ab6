"""Names of products as they are printed: the shop's own list first, each one different, short enough for a sentence."""

from collections import Counter
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import pandas as pd

from helpers.period import Period
from helpers.report import Report

WIDE = 36  # of a name in a sentence, in Latin letters
TAIL = 4  # letters of the id that tell products with the same name apart


def listed(report: Report) -> Any:
    """Name of each product on the shop's own list, in the report's language where it has one; indexed by product."""
    own = report.every("roles").drop_duplicates("product_id").set_index("product_id")
    name = own["name"] if report.lang == "zh" else own["name_en"].fillna(own["name"])
    return name.dropna()


def known(report: Report, *spans: Period) -> Any:
    """Name of each product: listed, else as in its latest order of these periods or the report's; indexed by product."""
    wanted = (*spans, report.seen)
    return report.once(f"names {[str(span) for span in wanted]}", lambda: _known(report, wanted))


def _known(report: Report, spans: tuple[Period, ...]) -> Any:
    rows = [report.table("orders", span)[["product_id", "product_name"]] for span in spans]
    sold = pd.concat(rows).dropna().drop_duplicates("product_id", keep="last").set_index("product_id")["product_name"]
    return listed(report).combine_first(sold)


def printed(products: Any, known: Any) -> list[str]:
    """Names to print for products, each one different; the id where the name is unknown."""
    brief = {product: short(str(known.get(product, product))) for product in products}
    twins = {name for name, count in Counter(brief.values()).items() if count > 1}
    return [f"{name} {str(product)[-TAIL:]}" if name in twins else name for product, name in brief.items()]


def short(name: str) -> str:
    """A name that fits a sentence; a Chinese character is as wide as two Latin letters."""
    widths = np.cumsum([2 if east_asian_width(letter) in "WF" else 1 for letter in name])
    return name if not len(name) or widths[-1] <= WIDE else f"{name[: int((widths < WIDE).sum())]}…"
