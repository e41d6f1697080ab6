"""Which rows of a table concern the days up to a day, and one mark of all of them: what a review of that time rests on."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

LINKS = ("order_id", "line_id")


def concern(frame: Any, booked: Sequence[str], orders: Any) -> Any:
    """The moment from which each row counts: its booking, or the payment of its order where that came before; NaT: always.

    Parameters
    ----------
    frame : DataFrame
        Rows of a table.
    booked : sequence of str
        The columns by which it is booked, first one present wins; none: all rows count always.
    orders : DataFrame
        Order lines with ``order_id``, ``line_id``, ``paid_at``; empty for tables that name no order.
    """
    moment = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    for name in booked:
        moment = moment.fillna(frame[name])
    for link in LINKS:
        if booked and link in frame and len(orders):
            paid = frame[link].map(orders.dropna(subset=[link]).groupby(link)["paid_at"].min())
            moment = moment.where(~(paid < moment), paid)
    return moment


def until(moments: Any, day: date) -> Any:
    """Which rows count by the end of that day."""
    return ~(moments >= pd.Timestamp(day) + pd.Timedelta(days=1))


def rows(frame: Any, counts: Any) -> Any:
    """Those rows of a frame, numbered anew; the first ones share its memory, since it comes by the moment of booking."""
    first = int(counts.sum())
    return (frame.iloc[:first] if counts.iloc[:first].all() else frame[counts]).reset_index(drop=True)


def marks(frame: Any) -> Any:
    """One number per row by its contents, whatever its place."""
    return pd.util.hash_pandas_object(frame.astype(dict.fromkeys(_nullable(frame), "object")), index=False).to_numpy()


def _nullable(frame: Any) -> list[str]:
    """Columns whose type depends on whether something is missing in the rows at hand."""
    return [name for name, kind in frame.dtypes.items() if str(kind) in ("Int64", "int64", "boolean")]


def mark(numbers: Any) -> str:
    """One mark of these rows: how many, and the sum of their numbers."""
    return f"{len(numbers)}-{int(np.sum(numbers, dtype=np.uint64)):016x}"
