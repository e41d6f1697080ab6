"""Orders old enough for their refunds to have come: what share is paid back, what share is left as contribution."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from helpers.chapters import lines, margin
from helpers.methods.intervals import Interval, ratio_interval
from helpers.period import Period
from helpers.report import Report


def window(report: Report) -> Period | None:
    """The latest days whose refunds are in, up to the end of the report's period; None where there are too few.

    An order counts as mature after ``refund_full_days``; at most ``refund_window_days`` are taken.
    """
    first = _first_day(report)
    if first is None:
        return None
    end = min(report.seen.end, report.covered - timedelta(int(report.threshold("refund_full_days"))))
    start = max(end - timedelta(int(report.threshold("refund_window_days")) - 1), first)
    enough = (end - start).days + 1 >= report.threshold("refund_window_fewest")
    return Period("range", start, end) if enough else None


def paid(report: Report, **like: str) -> Any:
    """Lines of that window as `lines.paid` gives them, with ``back_fen`` and ``contribution_fen`` (NaN without cost).

    Only those like the given column (``carrier="live"``), or all where only a few are. Empty where refunds cannot be
    matched to orders or no window is old enough.
    """
    return report.once(f"mature {like}", lambda: _paid(report, like))


def _paid(report: Report, like: Mapping[str, str]) -> Any:
    span = window(report)
    rows = lines.paid(report, span)
    for column, value in like.items():
        chosen = rows[rows[column] == value]
        rows = chosen if len(chosen) >= report.threshold("few") else rows
    if span is None or lines.refund_basis(report) not in ("after_sales", "order_file"):
        rows = rows.head(0)
    back = lines.refunds(report, rows, within=int(report.threshold("refund_full_days"))).astype("float64")
    return rows.assign(back_fen=back, contribution_fen=margin.contribution(report, rows, back) if len(rows) else back)


def refund_share(rows: Any) -> Interval:
    """Share of what was paid that was paid back, 0-1, with days as clusters."""
    days = rows.groupby("day")[["back_fen", "payable_fen"]].sum()
    return ratio_interval(days["back_fen"], days["payable_fen"])


def margin_share(report: Report, rows: Any) -> Interval | None:
    """Contribution per unit of money paid, with days as clusters; None where too few sales have a known cost."""
    known = rows[rows["contribution_fen"].notna()]
    total = float(rows["payable_fen"].sum())
    if total <= 0 or known["payable_fen"].sum() / total < report.threshold("cost_known"):
        return None
    days = known.groupby("day")[["contribution_fen", "payable_fen"]].sum()
    return ratio_interval(days["contribution_fen"], days["payable_fen"])


def kept_share(report: Report) -> tuple[float, str]:
    """What stays of one unit of money paid, by orders old enough to tell, or by the period's where none is; and after what.

    Returns
    -------
    tuple of float and str
        The share with ``contribution`` (after refunds and costs) where the shop knows the costs of enough of its sales,
        ``net`` (after refunds), or ``paid`` (1.0) where no file tells refunds.
    """
    found: tuple[float, str] = report.once("kept share", lambda: _kept_share(report))
    return found


def _kept_share(report: Report) -> tuple[float, str]:
    if lines.refund_basis(report) not in ("after_sales", "order_file"):
        return 1.0, "paid"
    rows = paid(report)
    if not len(rows):
        rows = lines.paid(report)
        back = lines.refunds(report, rows).astype("float64")
        rows = rows.assign(back_fen=back, contribution_fen=margin.contribution(report, rows, back))
    total = float(rows["payable_fen"].sum())
    if not total:
        return 1.0, "paid"
    left = margin_share(report, rows)
    return (left.estimate, "contribution") if left else (1 - float(rows["back_fen"].sum()) / total, "net")


def _first_day(report: Report) -> Any:
    """First day on which both orders and their refunds are on file."""
    orders, after = report.every("orders"), report.every("after_sales")
    starts = [orders["paid_at"].min()] if len(orders) else []
    if lines.refund_basis(report) == "after_sales":
        starts.append(after["applied_at"].fillna(after["refunded_at"]).min())
    known = [start for start in starts if start == start and start is not None]
    return max(known).date() if known else None
