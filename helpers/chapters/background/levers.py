"""What was seen of competitors beside the shop's own figures: ranges kept as ranges, each with its age."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.chapters import lines, spans, values
from helpers.findings import Label, Sentence, Slot, Value
from helpers.methods.intervals import ratio_interval
from helpers.report import FEN, Report, sentence

ALL = "全部"  # category of what holds for the whole shop, as the sheet is read
MIDNIGHT, EARLY = 24, 6  # hours before this one belong to the evening before
SIDES = ("below", "same", "above")
Lever = tuple[str, str]  # aspect, category
Make = Callable[[Report, Lever, str], Value | None]


def observed(report: Report) -> Any:
    """The last look at each competitor, category and aspect up to the cut-off.

    Columns as the table ``competitors``, ``age`` (days before the end of the period, 0 for later ones) and ``stale``.
    """
    rows = report.every("competitors")
    rows = rows[rows["source_day"] <= pd.Timestamp(report.covered)] if len(rows) else rows
    if not len(rows):
        return rows.assign(age=pd.Series(dtype="int64"), stale=pd.Series(dtype=bool))
    rows = rows.sort_values("source_day").drop_duplicates(["competitor", "category", "aspect"], keep="last")
    age = (pd.Timestamp(report.seen.end) - rows["source_day"]).dt.days.clip(lower=0)
    return rows.assign(age=age, stale=age > report.threshold("peer_stale_days"))


def matrix(report: Report, rows: Any, levers: Sequence[Lever], claim: str) -> Any:
    """One row per lever and competitor: ``own`` and ``seen`` (values), ``age``, ``stale``, ``side`` (below: theirs is lower).

    The side is said only where both ranges are known and do not touch; ``same`` where they do, empty where nothing can
    be compared: words, no figure of our own, a look too long ago.
    """
    found = []
    for aspect, category in levers:
        own = owned(report, (aspect, category), claim)
        some = rows[(rows["aspect"] == aspect) & (rows["category"] == category)]
        for row in some.sort_values("competitor").itertuples():
            side = "" if row.stale else _side(own, row)
            seen = _seen(report, row, claim)
            place = {"aspect": aspect, "category": category, "competitor": row.competitor}
            found.append({**place, "own": own, "seen": seen, "words": row.words, "side": side})
            found[-1] |= {"age": int(row.age), "stale": bool(row.stale)}
    names = ["aspect", "category", "competitor", "own", "seen", "words", "side", "age", "stale"]
    return pd.DataFrame(found, columns=names)


def owned(report: Report, lever: Lever, claim: str) -> Value | None:
    """The shop's own figure for a lever, with its range; None where no file tells."""
    make = OWN.get(lever[0])
    return make(report, lever, claim) if make else None


def cell(row: Any) -> Sentence:
    """What one competitor does with one lever, in words: its range or words, the side, the age."""
    slots: dict[str, Slot] = {"age": row.age}
    if row.side:
        slots["side"] = Label("peer_side", f"{row.side}_hours" if row.aspect == "hours" else row.side)
    if row.stale:
        slots["stale"] = Label("peer_side", "stale")
    if row.seen is None:
        return sentence("background.levers.peer_words", words=Label("typed", str(row.words)), **slots)
    return _number("peer", row.seen, row.aspect, slots)


def own_cell(report: Report, own: Value | None, aspect: str) -> Sentence | None:
    """The shop's own figure, or what it does most where a lever is told in words; None where no file tells."""
    if own is not None:
        return _number("own", own, aspect, {})
    if aspect not in WORDS:
        return None
    name, column, group = WORDS[aspect]
    rows = report.every(name)
    often = rows[column].dropna().value_counts().index[: len(PLACES)] if len(rows) else []
    words = {place: Label(group, word) for place, word in zip(PLACES, often, strict=False)}
    return sentence("background.levers.own_words", **words) if words else None


def _number(whose: str, given: Value, aspect: str, slots: Mapping[str, Slot]) -> Sentence:
    """A range, or what is known of it, in words."""
    low, high = given.low is not None, given.high is not None
    form = (
        "range" if low and high and given.low != given.high else "point" if low == high else "least" if low else "most"
    )
    return sentence(f"background.levers.{whose}_{form}", seen=given, unit=Label("peer_unit", aspect), **slots)


def _seen(report: Report, row: Any, claim: str) -> Value | None:
    if row.aspect not in UNITS or pd.isna(row.low) and pd.isna(row.high):
        return None
    point = row.low if row.low == row.high else None
    id = f"background.peer_{UNITS[row.aspect]}/peer={row.competitor}&lever={row.aspect}&category={row.category}"
    low, high = (None if pd.isna(end) else float(end) for end in (row.low, row.high))
    return report.value(id, point, claim, ["competitors"], low=low, high=high)


def _side(own: Value | None, row: Any) -> str:
    if own is None or pd.isna(row.low) and pd.isna(row.high):
        return ""
    low, high = (own.value if end is None else end for end in (own.low, own.high))
    if low is None or high is None:
        return ""
    return "below" if row.high < low else "above" if row.low > high else "same"


def _price(report: Report, lever: Lever, claim: str) -> Value | None:
    """What the middle half of the pieces of a category were paid at."""
    rows = report.once("goods by category", lambda: _goods(report))
    rows = rows[(rows["listed"] == lever[1]) & (rows["quantity"] > 0) & (rows["payable_fen"] > 0)]
    if len(rows) < report.threshold("few"):
        return None
    price = (rows["payable_fen"] / rows["quantity"]).repeat(rows["quantity"].astype(int))
    low, middle, high = (float(price.quantile(share)) for share in (0.25, 0.5, 0.75))
    id = f"background.own_price/category={lever[1]}"
    return report.money(id, middle, claim, ["orders", "roles"], n=len(price), low=low, high=high)


def _goods(report: Report) -> Any:
    """Paid goods of the period, with the category that the shop's own list gives them as ``listed``."""
    rows = lines.products(lines.paid(report)[["product_id", "quantity", "payable_fen", "line_kind"]])
    return rows.assign(listed=rows["product_id"].map(categories(report)))


def _discount(report: Report, lever: Lever, claim: str) -> Value | None:
    """Discount per unit of money before it, with days as clusters."""
    rows = lines.paid(report).dropna(subset=["discount_fen"])
    days = rows.groupby("day")[["discount_fen", "payable_fen"]].sum()
    if len(days) < 2:
        return None
    rate = ratio_interval(days["discount_fen"], days.sum(axis=1), report.threshold("level"))
    return values.ranged(report, "background.own_discount", rate, claim, ["orders"], len(rows))


def _sales(report: Report, lever: Lever, claim: str) -> Value | None:
    paid = lines.paid(report)
    if not len(paid):
        return None
    total = float(paid["payable_fen"].sum()) * spans.monthly(report)
    return report.money("background.own_month_sales", total, claim, ["orders"], n=paid["order_id"].nunique())


def _hours(report: Report, lever: Lever, claim: str) -> Value | None:
    """From when to when four live hours in five lie; after midnight counts on from 24."""
    rows = report.table("live_sessions")
    rows = rows.dropna(subset=["started_at", "ended_at"]) if len(rows) else rows
    if not len(rows):
        return None
    begin = rows["started_at"].dt.hour + rows["started_at"].dt.minute / 60
    end = begin + (rows["ended_at"] - rows["started_at"]) / pd.Timedelta(hours=1)
    late = (begin < EARLY) * MIDNIGHT
    low, high = float((begin + late).quantile(0.1)), float((end + late).quantile(0.9))
    return report.value(
        "background.own_hours", None, claim, ["live_sessions"], n=len(rows), low=round(low), high=round(high)
    )


def _posts(report: Report, lever: Lever, claim: str) -> Value | None:
    """Own videos published in the period, per week."""
    rows = report.every("videos")
    rows = rows[rows["seller"] != "partner"].drop_duplicates("video_id") if len(rows) else rows
    return _weekly(report, rows, "published_at", "videos", "background.own_posts", claim)


def _sessions(report: Report, lever: Lever, claim: str) -> Value | None:
    """Own sessions started in the period, per week."""
    rows = report.every("live_sessions")
    return _weekly(report, rows, "started_at", "live_sessions", "background.own_sessions", claim)


def _weekly(report: Report, rows: Any, moment: str, name: str, id: str, claim: str) -> Value | None:
    """Rows per week of the period; None where there is none, which may as well be a missing file."""
    count = int(rows[moment].dt.date.between(report.seen.start, report.seen.end).sum()) if len(rows) else 0
    return report.value(id, count / report.seen.days * 7, claim, [name], n=count) if count else None


def _group_size(report: Report, lever: Lever, claim: str) -> Value | None:
    """Members of all fan groups at their last count in the period."""
    rows = report.table("fan_groups")
    rows = rows.dropna(subset=["members"]) if len(rows) else rows
    if not len(rows):
        return None
    members = int(rows.sort_values("day").groupby("group_id")["members"].last().sum())
    return report.value("background.own_group_size", members, claim, ["fan_groups"], n=int(rows["group_id"].nunique()))


def categories(report: Report) -> Any:
    """Category of each product by the shop's own list; indexed by product."""
    return report.once("listed categories", lambda: _categories(report.every("roles")))


def _categories(roles: Any) -> Any:
    own = roles[["product_id", "category"]].drop_duplicates("product_id").set_index("product_id")
    return own["category"].dropna()


def amounts(report: Report) -> Any:
    """Paid amount of the period by category in currency units, biggest first."""
    rows = report.once("goods by category", lambda: _goods(report))
    paid = rows.groupby("listed")["payable_fen"].sum() / FEN
    return paid.sort_values(ascending=False)


PLACES = ("first", "second", "third")
WORDS = {"function": ("roles", "function", "typed"), "content": ("content_tags", "format", "content_format")}
UNITS = {
    "price": "money",
    "sales": "money",
    "discount": "share",
    "hours": "count",
    "posts": "count",
    "sessions": "count",
    "group_size": "count",
}
OWN: dict[str, Make] = {
    "price": _price,
    "sales": _sales,
    "discount": _discount,
    "hours": _hours,
    "posts": _posts,
    "sessions": _sessions,
    "group_size": _group_size,
}
