"""Seasonal goods: when the season of their category begins, and by when they must be ordered to be there."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, names
from helpers.chapters.sales.seasonal import MONTHS, by_month, sold_by_month
from helpers.chapters.sales.seasonal import seasons as seasonal
from helpers.findings import Answer, Finding, Gap, Label, Sentence, Value
from helpers.methods.seasons import item_season
from helpers.methods.stock import lead_time, lead_time_demand
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.2.2b"
FILES = ("orders", "purchases", "suppliers", "calendar")
UNITS = {
    "product_name": "text",
    "season_start": "date",
    "season_index": "multiple",
    "lead_days": "days",
    "order_by": "date",
    "season_units": "count",
    "stock_now": "count",
}


def order_by(report: Report) -> Answer:
    """Goods whose category has a season within a year, with the last day to order them.

    Table ``season_orders``: one row per product, first order first: start of the season, how many times its usual pace it
    sells then, days within which deliveries came, last day to order, pieces that cover the season's first month, stock.
    """
    sold = sold_by_month(report)
    if not len(sold):
        return report.gap(CLAIM, "short_history", "ORD", need=len(MONTHS))
    seasons = seasonal(report, sold)
    found = seasons[seasons["starts"].notna()]
    several = report.value(
        "sales.seasonal_groups", found["category"].nunique(), CLAIM, ["orders"], n=sold["category"].nunique()
    )
    if not len(found):
        return report.finding(
            CLAIM, sentence("sales.order_by.none", groups=int(several.n or 0)), values={"groups": several}
        )
    return _finding(report, sold, seasons, _frame(report, sold, seasons, found), several)


def _frame(report: Report, sold: Any, seasons: Any, starts: Any) -> Any:
    """One row per product of a category whose season comes, earliest order first."""
    leads, rows = _leads(report), []
    for category, some in sold.groupby("category"):
        own, index = starts[starts["category"] == category], seasons[seasons["category"] == category]["factor"]
        if not len(own):
            continue
        start = own["starts"].min()
        units, days = by_month(some)
        factors = pd.DataFrame(item_season(units, days, index), index=units.index, columns=MONTHS)
        for product in _alive(report, units.index):
            lead = leads.get(product, np.nan)
            pieces = _pieces(report, product, factors.loc[product], start)
            rows.append(
                (
                    product,
                    category,
                    start,
                    factors.loc[product, start.month],
                    lead,
                    _ordered(report, start, lead),
                    pieces,
                )
            )
    columns = ["product_id", "category", "season_start", "season_index", "lead_days", "order_by", "season_units"]
    frame = pd.DataFrame(rows, columns=columns).assign(order_by=lambda f: pd.to_datetime(f["order_by"]))
    frame["stock_now"] = frame["product_id"].map(_stock(report))
    frame = frame[frame["season_units"] > 0]
    return frame.sort_values(["order_by", "season_units"], ascending=[True, False], ignore_index=True)


def _alive(report: Report, products: Any) -> list[str]:
    """Those products that were sold in the period and have not ended."""
    roles = report.every("roles")
    ended = set(roles.loc[roles["ended_on"] <= pd.Timestamp(report.seen.end), "product_id"]) if len(roles) else set()
    sold = set(lines.products(lines.paid(report))["product_id"].dropna())
    return [product for product in products if product in sold and product not in ended]


def _leads(report: Report) -> dict[str, float]:
    """Days within which a delivery of each product came: of its supplier's purchases, else as the supplier states at most."""
    service, found = report.threshold("season_service"), {}
    listed = report.every("suppliers")
    if len(listed):
        main = listed[listed["rank"].fillna("main") != "spare"].drop_duplicates("product_id").set_index("product_id")
        found = main["lead_high_days"].combine_first(main["lead_days"]).dropna().astype(float).to_dict()
    bought = report.every("purchases")
    if len(bought):
        known = bought[bought["arrived_on"].notna() & (bought["arrived_on"] <= pd.Timestamp(report.seen.end))]
        took = (known["arrived_on"] - known["ordered_on"]).dt.days
        by = {key: lead_time(some, service) for key, some in took.groupby(known["supplier"])}
        latest = bought.sort_values("ordered_on").drop_duplicates("product_id", keep="last")
        seen = {
            product: by.get(supplier, np.nan)
            for product, supplier in zip(latest["product_id"], latest["supplier"], strict=True)
        }
        found |= {product: days for product, days in seen.items() if days == days}
    return found


def _ordered(report: Report, start: Any, lead: float) -> Any:
    """The last day to order: the lead time before the season, and as many days more as holidays lie between."""
    if lead != lead:
        return pd.NaT
    day, rest = start - pd.Timedelta(days=int(np.ceil(lead))), report.calendar
    rest = rest[rest["kind"] == "holiday"] if len(rest) else rest
    off = {at for row in rest.itertuples() for at in pd.date_range(row.start, row.end) if day <= at < start}
    return day - pd.Timedelta(days=len(off))


def _pieces(report: Report, product: str, factors: Any, start: Any) -> float:
    """Pieces that the season's first month stays within."""
    pace = _pace(report, product, factors, start.month)
    return float(
        np.ceil(np.nan_to_num(lead_time_demand(pace, [start.days_in_month], report.threshold("season_service"))))
    )


def _pace(report: Report, product: str, factors: Any, month: int) -> Any:
    """Pieces a day of the last weeks, days without stock left out, as if they had been days of that month of the year."""
    sold, gone = report.once("pace", lambda: _lately(report))
    days = sold.index
    units = sold[product] if product in sold else pd.Series(0.0, index=days)
    now = factors.reindex(days.month).to_numpy(dtype=float)
    paced = np.divide(units * factors[month], now, out=np.full(len(units), np.nan), where=now > 0)
    return paced[~days.isin(gone.get(product, []))]


def _lately(report: Report) -> tuple[Any, dict[str, Any]]:
    """Pieces sold in the last weeks, days by products, and by product the days on which it was out of stock."""
    start = report.seen.end - timedelta(int(report.threshold("stock_history_days")) - 1)
    span = Period("range", start, report.seen.end)
    rows, stock = lines.products(lines.paid(report, span)), report.table("stock", span)
    sold = rows.groupby(["day", "product_id"])["quantity"].sum().unstack(fill_value=0)
    empty = stock[stock["available"] <= 0] if len(stock) else stock
    gone = dict(list(empty.groupby("product_id")["day"])) if len(empty) else {}
    return sold.reindex(pd.date_range(span.start, span.end), fill_value=0).astype(float), gone


def _stock(report: Report) -> dict[str, int]:
    rows = report.table("stock")
    return dict(rows.sort_values("day").groupby("product_id")["available"].last()) if len(rows) else {}


def _finding(report: Report, sold: Any, seasons: Any, frame: Any, several: Value) -> Finding:
    files, starts = [name for name in FILES if len(report.every(name))], seasons[seasons["starts"].notna()]
    values = {"groups": several}
    for row in starts.itertuples():
        id = f"sales.season_index/category={row.category},month={row.month}"
        values[f"season.{row.category}.{row.month}"] = report.value(
            id, row.factor, CLAIM, ["orders"], low=row.low, high=row.high
        )
    timed = frame[frame["order_by"].notna()]
    gaps: tuple[Gap, ...] = () if len(timed) else (report.gap(CLAIM, "no_leads", "SUP"),)
    first = timed.iloc[0] if len(timed) else starts.sort_values("starts").iloc[0]
    category = str(first["category"])
    start = first["season_start"] if len(timed) else first["starts"]
    slots: dict[str, Any] = {"category": Label("segment", category), "month": f"{start:%Y-%m}"}
    if len(timed):
        late = (first["order_by"] - pd.Timestamp(report.seen.end)).days
        values["days_left"] = report.value("sales.order_by_days", late, CLAIM, files, n=len(timed))
        slots |= {"day": f"{first['order_by']:%Y-%m-%d}", "left": values["days_left"]}
    case = "undated" if not len(timed) else "late" if slots["left"].value <= 0 else "found"
    running = _running(report, sold, seasons, values)
    headline = sentence(f"sales.order_by.{case}", **slots)
    if running:
        headline = sentence("sales.order_by.running", **running)
    said: list[Sentence] = [sentence(f"sales.order_by.next_{case}", **slots)] if running else []
    said.append(sentence("sales.order_by.season", **_season(values, starts, category)))
    said += [sentence("sales.order_by.basis"), sentence("sales.order_by.pieces")] if len(frame) else []
    return report.finding(
        CLAIM,
        headline,
        more=tuple(said),
        values=values,
        tables={"season_orders": _table(report, frame)} if len(frame) else {},
        gaps=gaps,
    )


def _running(report: Report, sold: Any, seasons: Any, values: dict[str, Value]) -> dict[str, Any]:
    """What a headline says of the category whose season goes on next month and whose stock does not last it; else empty."""
    after, stock = pd.Timestamp(report.seen.end) + pd.Timedelta(days=1), _stock(report)
    short: dict[str, Any] = {}
    for category in seasons.loc[seasons["busy"] & (seasons["month"] == after.month), "category"]:
        units, days = by_month(sold[sold["category"] == category])
        index = seasons.loc[seasons["category"] == category, "factor"]
        factors = pd.DataFrame(item_season(units, days, index), index=units.index, columns=MONTHS)
        goods = [product for product in _alive(report, units.index) if product in stock]
        pace = sum(float(np.nanmean(_pace(report, product, factors.loc[product], after.month))) for product in goods)
        if pace > 0:
            cover = sum(stock[product] for product in goods) / pace
            id = f"sales.season_cover/category={category}"
            made = values[f"cover.{category}"] = report.value(id, cover, CLAIM, ["orders", "stock"], n=len(goods))
            if cover < min(after.days_in_month, short["cover"].value if short else np.inf):
                short = {"category": Label("segment", category), "month": after.month, "cover": made}
    return short


def _season(values: dict[str, Value], starts: Any, category: str) -> dict[str, Any]:
    """What a sentence says of the category's next season: its name, first month and index."""
    row = starts[starts["category"] == category].sort_values("starts").iloc[0]
    return {
        "category": Label("segment", category),
        "month": f"{row['starts']:%Y-%m}",
        "index": values[f"season.{category}.{row['month']}"],
    }


def _table(report: Report, frame: Any) -> Any:
    shown = frame.assign(product_name=names.printed(frame["product_id"], names.known(report)))
    stock = shown["stock_now"].astype("Int64")
    return table(shown.assign(stock_now=stock, season_units=shown["season_units"].astype("int64"))[[*UNITS]], UNITS)
