"""Numbers in the unit in which they are printed."""

import pandas as pd

from helpers.findings import Number

FEN = 100
DIGITS = 9


def difference(unit: str) -> str:
    """The unit of a change: points for what is a share itself, else a growth."""
    return "points" if unit in ("ratio", "probability") else "ratio"


def plain(number: Number | None, unit: str) -> Number | None:
    """The number without its numpy type; whole where it counts, to the cent where it is money, None for NaN.

    Others have nine significant digits: what lies behind them depends on how many cores summed.
    """
    if number is None or pd.isna(number):
        return None
    if unit == "count" and float(number).is_integer():
        return int(number)
    return round(float(number), 2) if unit == "money" else float(f"{number:.{DIGITS}g}")
