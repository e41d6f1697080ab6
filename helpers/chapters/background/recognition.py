"""Whether more people know the shop: how often its name is searched for, what fans bring, who follows after a video."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import compare, spans
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import Difference, clustered_ratio, mean_interval
from helpers.methods.ratios import ratio_difference
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "1.1.1c"
BASES = ("year_ago", "previous")  # a year first: it leaves the season out
EXPORTS = {"search": "IDX", "search_clicks": "PCS", "fan_sales": "LIV", "fans": "LIV", "follows": "VID"}
TABLES = {
    "search": "brand_index", "search_clicks": "card_channels", "fan_sales": "live_days", "fans": "live_sessions",
    "follows": "videos",
}  # fmt: skip
UNITS = {
    "recognition_sign": "label:recognition_sign", "now": "ratio", "then": "ratio", "recognition_base": "label:base",
    "change": "points", "low": "points", "high": "points", "recognition_reads": "label:recognition_reads",
}  # fmt: skip
Parts = tuple[Any, Any]  # numerators and denominators, one pair per cluster


class Sign(NamedTuple):
    """A share now and before, against which base, and what lies between (0-1)."""

    now: float
    then: float
    base: str
    change: Difference
    n: int


def recognition(report: Report) -> Answer:
    """Searches for the shop's name against the category, clicks from search, what fans bring, follows after a video.

    Table ``signs``: one row per sign that the files tell: share now, before, the change in points with its interval, and
    whether it rose or fell beyond chance.
    """
    readers: dict[str, Callable[[Report], Sign | None]] = {
        "search": lambda report: _compared(report, _search),
        "search_clicks": _search_clicks,
        "fan_sales": lambda report: _compared(report, _fan_sales),
        "fans": lambda report: _compared(report, _fans),
        "follows": lambda report: _compared(report, _follows),
    }
    signs = {name: sign for name, read in readers.items() if (sign := read(report)) is not None}
    told = {EXPORTS[name] for name in signs}
    lacking = [code for code in dict.fromkeys(EXPORTS.values()) if code not in told]
    if not signs:
        why = "no_history" if any(len(report.every(name)) for name in TABLES.values()) else "missing_file"
        return report.gap(CLAIM, why, *lacking, what=Label("gap_what", "recognition"))
    frame = pd.DataFrame([_row(name, sign) for name, sign in signs.items()])
    values = {key: value for name, sign in signs.items() for key, value in _values(report, name, sign).items()}
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(frame)),
        values=values,
        tables={"signs_of_recognition": table(frame, UNITS)},
        gaps=_gaps(report, lacking),
    )


def _compared(report: Report, parts: Callable[[Report, Period, Any], Parts | None]) -> Sign | None:
    """A share of the period and of the first base that has it too, over the days that stand beside each other."""
    for name in BASES:
        base = compare.base(report, name)
        if base.why:
            continue
        now = parts(report, report.seen, base.pairs["now"])
        then = parts(report, base.span, base.pairs["then"])
        if now is not None and then is not None:
            a, b = clustered_ratio(*now), clustered_ratio(*then)
            change = ratio_difference(a, b, report.threshold("level"))
            return Sign(a.estimate, b.estimate, name, change, len(now[0])) if change.low == change.low else None
    return None


def _search(report: Report, span: Period, days: Any) -> Parts | None:
    """The index of the shop's name and of the category (or the competitors) per week, of the source that tells most days."""
    rows = report.every("brand_index")
    rows = rows[rows["day"].isin(days) & (rows["value"] > 0)] if len(rows) else rows
    best: Any = None
    for _, source in rows.groupby("source_name") if len(rows) else []:
        sums = source.pivot_table(index="day", columns="owner", values="value", aggfunc="sum", observed=True)
        others = [owner for owner in ("category", "competitor") if owner in sums]
        if "own" in sums and others:
            pair = sums[["own", others[0]]].dropna().set_axis(["own", "other"], axis=1)
            best = pair if best is None or len(pair) > len(best) else best
    if best is None:
        return None
    weeks = best.groupby(best.index.to_period("W")).sum()
    return (weeks["own"], weeks["other"]) if len(weeks) > 2 else None


def _fan_sales(report: Report, span: Period, days: Any) -> Parts | None:
    """What fans bought in the live rooms of each day."""
    rows = report.every("live_days")
    rows = rows[rows["day"].isin(days)].dropna(subset=["gmv_fen", "fan_sales_share"]) if len(rows) else rows
    if not len(rows):
        return None
    sales = rows["gmv_fen"].astype("float64")
    parts = pd.DataFrame({"fans": sales * rows["fan_sales_share"].astype("float64"), "all": sales})
    per_day = parts.groupby(rows["day"]).sum()
    return (per_day["fans"], per_day["all"]) if len(per_day) > 2 else None


def _fans(report: Report, span: Period, days: Any) -> Parts | None:
    """Old fans among the viewers of each live session."""
    rows = report.every("live_sessions")
    if not len(rows):
        return None
    rows = rows[rows["started_at"].dt.normalize().isin(days)].dropna(subset=["viewers", "old_fans_share"])
    viewers = rows["viewers"].astype("float64")
    return (viewers * rows["old_fans_share"].astype("float64"), viewers) if len(rows) > 2 else None


def _follows(report: Report, span: Period, days: Any) -> Parts | None:
    """New fans and plays of each video, in the totals of the whole period."""
    rows, _ = spans.own_videos(report, span)
    rows = rows[rows["new_fans"].notna() & (rows["views"] > 0)] if len(rows) else rows
    return (rows["new_fans"].astype("float64"), rows["views"].astype("float64")) if len(rows) > 2 else None


def _search_clicks(report: Report) -> Sign | None:
    """Share of the product cards' clicks that came from search, against the mean of the months before.

    The interval is that of one more month among them: monthly totals tell of no other spread.
    """
    shares, month = list[float](), report.period
    while len(shares) <= 12 and month.start >= report.begins:
        rows, span = spans.counted(report, "card_channels", month)
        clicks = rows["click_users"].astype("float64") if span else pd.Series(dtype="float64")
        if span is None or not clicks.sum() > 0:
            break
        shares.append(float(clicks[rows["channel"].str.contains("搜索", na=False)].sum() / clicks.sum()))
        month = month.previous()
    if len(shares) <= report.threshold("signs_fewest"):
        return None
    now, before = shares[0], shares[1:]
    usual = mean_interval(before, report.threshold("level"))
    reach = (usual.high - usual.estimate) * (len(before) + 1) ** 0.5
    step = now - usual.estimate
    return Sign(
        now, usual.estimate, "own_months", Difference(step, step - reach, step + reach, np.nan, np.nan), len(before)
    )


def _row(name: str, sign: Sign) -> dict[str, Any]:
    low, high = sign.change.low * 100, sign.change.high * 100
    reads = "rising" if low > 0 else "falling" if high < 0 else "open"
    points = {"change": sign.change.difference * 100, "low": low, "high": high}
    base = {"recognition_sign": name, "now": sign.now, "then": sign.then, "recognition_base": sign.base}
    return base | points | {"recognition_reads": reads}


def _values(report: Report, name: str, sign: Sign) -> dict[str, Value]:
    fact, tables = f"background.recognition_{name}", [TABLES[name]]
    change, low, high = (part * 100 for part in sign.change[:3])
    return {
        name: report.value(fact, sign.now, CLAIM, tables, n=sign.n),
        f"{name}.then": report.value(f"{fact}/when={sign.base}", sign.then, CLAIM, tables),
        f"{name}.change": report.value(
            f"{fact}/change={sign.base}", change, CLAIM, tables, n=sign.n, low=low, high=high
        ),
    }


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    """The first sign that moved beyond chance; what is searched for tells most."""
    moved = frame[frame["recognition_reads"] != "open"]
    if not len(moved):
        return sentence("background.recognition.open", count=len(frame))
    row = moved.iloc[0]
    name, base = row["recognition_sign"], Label("base", row["recognition_base"])
    slots = {"now": values[name], "then": values[f"{name}.then"]}
    return sentence(f"background.recognition.{name}_{row['recognition_reads']}", base=base, **slots)


def _more(frame: Any) -> list[Sentence]:
    counts = frame["recognition_reads"].value_counts()
    sides = {side: int(counts.get(side, 0)) for side in ("rising", "falling", "open")}
    said = [sentence("background.recognition.counts", all=len(frame), **sides)]
    reads = frame.set_index("recognition_sign")["recognition_reads"].to_dict()
    if reads.get("search") == "rising" and reads.get("follows") in ("open", "falling"):
        said.append(sentence("background.recognition.against"))
    if "search_clicks" in reads:
        said.append(sentence("background.recognition.no_words"))
    return [*said, sentence("background.recognition.doubt")]


def _gaps(report: Report, lacking: list[str]) -> tuple[Gap, ...]:
    if not lacking:
        return ()
    return (report.gap(CLAIM, "missing_file", *lacking, what=Label("gap_what", "recognition_signs")),)
