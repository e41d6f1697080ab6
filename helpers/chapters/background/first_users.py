"""The first users gathered: buyers who order for the first time, new fans, and what they cost."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import compare, daily, lines, promoted
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "1.3.1d"
KEY = "background.first_users"
TARGET = "new_buyers_month"


def first_users(report: Report) -> Answer:
    """Buyers who ordered for the first time, against the plan and the period before, new fans, and cost per new buyer.

    Growth compares days that are alike. Table ``curve``: one row per day of the period: new buyers so far, as many days
    into the period before, and the plan spread by the weight of the days; ``calendar`` the promotions and holidays.
    """
    firsts, source = _firsts(report)
    here = lines.within(firsts, report.seen)
    values = _fans(report)
    if not len(here):
        why = ("no_rows" if len(firsts) else "no_buyer", "MEM")
        if "fans" not in values:
            return report.gap(CLAIM, *why)
        said = sentence(f"{KEY}.fans_only", fans=values["fans"])
        return report.finding(CLAIM, said, values=values, gaps=(report.gap(CLAIM, *why),))
    values |= _buyers(report, firsts, here, source)
    frame = _curve(report, firsts, values)
    units = {name: "count" for name in frame.columns if name != "day"}
    return report.finding(
        CLAIM,
        _headline(values),
        more=tuple(_more(report, firsts, values)),
        values=values,
        tables={
            "curve": table(frame, {"day": "date"} | units, n=len(here)),
            "calendar": table(_windows(report), {"name": "text", "start": "date", "end": "date"}),
        },
        gaps=_gaps(report, firsts, values),
    )


def _firsts(report: Report) -> tuple[Any, str]:
    """First paid order of each known buyer with its ``day``, and the table it is from."""
    source = "members" if len(report.every("members")) else "orders"
    rows = report.every(source).rename(columns={"payable_fen": "amount_fen"})
    if not len(rows):
        return rows.assign(day=pd.Series(dtype="datetime64[us]")), source
    rows = rows.dropna(subset=["buyer_key", "paid_at", "order_id"])
    rows = rows[rows.groupby("order_id")["amount_fen"].transform("sum") > 0]
    found = rows.sort_values(["paid_at", "order_id"]).drop_duplicates("buyer_key")
    return found.assign(day=found["paid_at"].dt.normalize()), source


def _buyers(report: Report, firsts: Any, here: Any, source: str) -> dict[str, Value]:
    count, tables = len(here), (source,)
    found = {"buyers": report.value("background.new_buyers", count, CLAIM, tables, n=count)}
    base = compare.best(report)
    per_day = firsts.groupby("day").size().astype("float64")
    if base is not None and _long_enough(report, firsts, base.span):
        grown = compare.growth(base, per_day, per_day)
        if grown.estimate == grown.estimate:
            id = f"background.new_buyers/change={base.name}"
            low, high, n = grown.low, grown.high, len(base.pairs)
            found["change"] = report.value(id, grown.estimate, CLAIM, tables, n=n, low=low, high=high)
            then, id = len(lines.within(firsts, base.span)), f"background.new_buyers/base={base.name}"
            found["before"] = report.value(id, then, CLAIM, tables, n=then, period=base.span)
    plan = report.target(TARGET) if report.period.kind == "month" else None
    if plan:
        found["plan"] = report.value("background.new_buyers/base=target", plan, CLAIM, ["targets"])
        found["done"] = report.value("background.new_buyers_done", count / plan, CLAIM, (source, "targets"), n=count)
    known, owned = lines.paid(report)["order_id"].astype(object), report.every(source)[["buyer_key", "order_id"]]
    share = known.isin(owned.dropna(subset=["buyer_key"])["order_id"]).mean()  # isin reads a column of text slowly
    found["known"] = report.value("background.new_buyers_known", share, CLAIM, (source, "orders"), n=known.nunique())
    return found | _spend(report, here, source)


def _spend(report: Report, here: Any, source: str) -> dict[str, Value]:
    """Ad spend per new buyer, and per new buyer whose first order came through ads; nothing without ads."""
    ads = promoted.spent(report) if report.has("ads") else None
    if ads is None or not ads["spend_fen"].sum() > 0:
        return {}
    spend, tables = float(ads["spend_fen"].sum()), (source, "ads")
    found = {
        "spend": report.money("background.first_users_spend", spend, CLAIM, ["ads"], n=len(ads)),
        "cost": report.money("background.new_buyer_spend", spend / len(here), CLAIM, tables, n=len(here)),
    }
    rows = lines.paid(report)
    by_ad = int(here["order_id"].isin(rows.loc[rows["traffic"] == "ad", "order_id"]).sum())
    if by_ad:
        files = (*tables, "orders")
        found["by_ad"] = report.value("background.new_buyers_by_ad", by_ad, CLAIM, files, n=len(here))
        found["ad_cost"] = report.money("background.new_buyer_ad_spend", spend / by_ad, CLAIM, files, n=by_ad)
    return found


def _fans(report: Report) -> dict[str, Value]:
    """New fans of the own live rooms, less those lost there, and joiners of the fan groups, where the files tell."""
    found = {}
    rooms = report.table("live_sessions")
    rooms = rooms[rooms["new_fans"].notna()] if len(rooms) else rooms
    if len(rooms):
        fans, files = int(rooms["new_fans"].sum()), ["live_sessions"]
        found["fans"] = report.value("background.live_fans", fans, CLAIM, files, n=len(rooms))
        if rooms["lost_fans"].notna().all():
            net = fans - int(rooms["lost_fans"].sum())
            found["net_fans"] = report.value("background.live_fans_net", net, CLAIM, files, n=len(rooms))
    groups = report.table("fan_groups")
    if len(groups) and groups["joiners"].notna().any():
        joined = int(groups["joiners"].sum())
        found["joiners"] = report.value("background.joiners", joined, CLAIM, ["fan_groups"], n=len(groups))
    return found


def _long_enough(report: Report, firsts: Any, span: Period) -> bool:
    """Whether enough records lie before the days for an old buyer's order not to look like a first one."""
    return bool((pd.Timestamp(span.start) - firsts["day"].min()).days >= report.threshold("old_history_days"))


def _curve(report: Report, firsts: Any, values: dict[str, Value]) -> Any:
    """New buyers so far by day, beside the period before on the same day of it and the plan."""
    days = pd.date_range(report.seen.start, report.seen.end)
    per_day = firsts.groupby("day").size()
    frame = pd.DataFrame({"day": days, "new_total": per_day.reindex(days, fill_value=0).cumsum().to_numpy()})
    base = report.base("previous")
    if base and _long_enough(report, firsts, base):
        before = per_day.reindex(pd.date_range(base.start, base.end), fill_value=0).cumsum()
        frame["new_total_before"] = before.reset_index(drop=True).reindex(range(len(days))).astype("float64")
    if "plan" in values:
        reach = timedelta(int(report.threshold("tier_history_days")))
        history = daily.paid_per_day(report, Period("range", report.period.start - reach, report.seen.end))
        whole = pd.date_range(report.period.start, report.period.end)
        weight = pd.Series(daily.weights(report, history, whole)[0], whole)
        frame["new_total_plan"] = (weight.cumsum() / weight.sum() * float(values["plan"].value or 0))[days].to_numpy()
    return frame


def _windows(report: Report) -> Any:
    first, last = pd.Timestamp(report.seen.start), pd.Timestamp(report.seen.end)
    rows = daily.events(report, first, last)
    return rows.assign(start=rows["start"].clip(lower=first), end=rows["end"].clip(upper=last))[
        ["name", "start", "end"]
    ]


def _headline(values: dict[str, Value]) -> Sentence:
    slots = {name: values[name] for name in ("buyers", "plan", "done", "change") if name in values}
    if "done" in values:
        return sentence(f"{KEY}.planned", **slots)
    change = values.get("change")
    if change is None or change.low is None or change.high is None:
        return sentence(f"{KEY}.plain", **slots)
    return sentence(f"{KEY}.{'up' if change.low > 0 else 'down' if change.high < 0 else 'same'}", **slots)


def _more(report: Report, firsts: Any, values: dict[str, Value]) -> list[Sentence]:
    told = {
        "change": ("change", "before"),
        "ad_cost": ("by_ad", "ad_cost", "spend"),
        "cost": ("cost", "spend"),
        "fans": ("fans",),
    }
    if "ad_cost" in values:
        told.pop("cost")
    extra: dict[str, Slot] = {name: values[name] for name in ("net_fans", "joiners") if name in values}
    about: dict[str, dict[str, Slot]] = {"fans": extra}
    if "change" in values:
        about["change"] = {"base": Label("base", values["change"].id.partition("change=")[2])}
    said = [
        sentence(f"{KEY}.{key}", **{name: values[name] for name in names}, **about.get(key, {}))
        for key, names in told.items()
        if all(name in values for name in names)
    ]
    if float(values["known"].value or 0) < report.threshold("buyers_known"):
        said.append(sentence(f"{KEY}.known", known=values["known"]))
    return [*said, sentence(f"{KEY}.history", first=f"{firsts['day'].min():%Y-%m-%d}")]


def _gaps(report: Report, firsts: Any, values: dict[str, Value]) -> tuple[Gap, ...]:
    found = [] if "plan" in values or report.period.kind != "month" else [report.gap(CLAIM, "no_target", "TGT")]
    if not _long_enough(report, firsts, report.seen):
        found.append(report.gap(CLAIM, "no_history", "MEM"))
    return tuple(found)
