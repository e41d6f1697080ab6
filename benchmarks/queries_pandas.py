"""The fifteen metrics in pandas, each from the columns that it needs, for the shop of `queries_shop`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

Files = dict[str, list[str]]


def read(files: Files, table: str, columns: Sequence[str]) -> Any:
    """Columns of a table, all rows."""
    return pq.read_table(files[table], columns=list(columns), partitioning=None).to_pandas()


def _paid(files: Files, *columns: str) -> Any:
    rows = read(files, "orders", list(dict.fromkeys(["paid_at", "payable_fen", *columns])))
    return rows[rows["paid_at"].notna() & rows["payable_fen"].notna()]


def _goods(files: Files, *columns: str) -> Any:
    rows = _paid(files, "line_kind", "product_id", *columns)
    return rows[(rows["line_kind"].fillna("product") == "product") & rows["product_id"].notna()]


def _orders(files: Files, *columns: str, rows: Any = None) -> Any:
    rows = _paid(files, "order_id", *columns) if rows is None else rows
    aggregates = {"paid_at": ("paid_at", "min"), "paid_fen": ("payable_fen", "sum")}
    found = rows.groupby("order_id", sort=False).agg(**aggregates, **{name: (name, "min") for name in columns})
    return found[found["paid_fen"] > 0]


def _bought(files: Files, *columns: str) -> Any:
    rows = _paid(files, "buyer_key", *columns)
    return rows[(rows["payable_fen"] != 0) & rows["buyer_key"].notna()]


def _month(moment: Any) -> Any:
    return moment.dt.to_period("M")


def month_gmv(files: Files) -> Any:
    rows = _paid(files)
    found = rows.groupby(_month(rows["paid_at"]))["payable_fen"].sum()
    return pd.DataFrame({"month": found.index.astype(str), "paid_fen": found.to_numpy()})


def order_value(files: Files) -> Any:
    each = _orders(files)
    found = each.groupby(each["paid_at"].dt.to_period("Q"))["paid_fen"].agg(["size", "sum"])
    values = {"quarter": found.index.astype(str), "orders": found["size"], "paid_fen": found["sum"]}
    return pd.DataFrame({**values, "order_value_fen": found["sum"] / found["size"]}).reset_index(drop=True)


def refund_rate(files: Files) -> Any:
    rows = _goods(files, "line_id")
    names = ["goods_refund_fen", "freight_refund_fen", "coupon_refund_fen"]
    back = read(files, "after_sales", ["line_id", "status", *names])
    back = back[back["status"] == "success"].fillna(dict.fromkeys(names, 0))
    back["fen"] = back[names[0]] + back[names[1]] - back[names[2]]
    given = rows["line_id"].map(back.groupby("line_id")["fen"].sum()).fillna(0).astype("int64")
    rows = rows.assign(
        refund_fen=np.minimum(given, rows["payable_fen"]), lines=(rows["payable_fen"] > 0).astype("int64")
    )
    found = rows.groupby("product_id", as_index=False)[["lines", "payable_fen", "refund_fen"]].sum()
    found = found[found["lines"] > 0].rename(columns={"payable_fen": "paid_fen"})
    found["refund_rate"] = found["refund_fen"] / found["paid_fen"]
    return found.sort_values(["paid_fen", "product_id"], ascending=[False, True], ignore_index=True)


def busy_hours(files: Files) -> Any:
    each = _orders(files)
    moment = each["paid_at"].dt
    found = each.groupby([moment.day_of_week.rename("weekday"), moment.hour.rename("hour")])["paid_fen"].agg(
        ["size", "sum"]
    )
    return found.rename(columns={"size": "orders", "sum": "paid_fen"}).reset_index()


def categories(files: Files) -> Any:
    rows = _goods(files, "category")
    grid = (
        rows.groupby([_month(rows["paid_at"]), rows["category"].fillna("unknown")])["payable_fen"]
        .sum()
        .unstack(fill_value=0)
    )
    before, total = grid.shift(1), grid.sum(axis=1)
    parts = {
        "paid_fen": grid,
        "share": grid.div(total, axis=0),
        "change_fen": grid - before,
        "contribution": (grid - before).div(total.shift(1), axis=0),
    }
    found = pd.DataFrame({name: part.stack(future_stack=True) for name, part in parts.items()})
    found = found.reset_index(names=["month", "category"])
    found = found[(found["paid_fen"] != 0) | (found["change_fen"].fillna(0) != 0)]
    found = found.sort_values(["month", "paid_fen", "category"], ascending=[True, False, True], ignore_index=True)
    return found.assign(month=found["month"].astype(str))


def cohorts(files: Files) -> Any:
    rows = _bought(files)
    active = pd.DataFrame({"buyer": rows["buyer_key"], "at": _place(rows["paid_at"])}).drop_duplicates()
    active["first"] = active.groupby("buyer")["at"].transform("min")
    found = active.groupby(["first", "at"]).size().rename("buyers").reset_index()
    found["age"] = found["at"] - found["first"]
    found["size"] = found["first"].map(found[found["age"] == 0].set_index("first")["buyers"])
    found["cohort"], found["share"] = _text(found["first"]), found["buyers"] / found["size"]
    return found[["cohort", "age", "size", "buyers", "share"]]


def _place(moment: Any) -> Any:
    return moment.dt.year * 12 + moment.dt.month - 1


def _text(place: Any) -> Any:
    return (place // 12).astype(str) + "-" + (place % 12 + 1).astype(str).str.zfill(2)


def repurchase(files: Files) -> Any:
    rows = _bought(files, "order_id")
    end = rows["paid_at"].max().normalize()
    each = _orders(files, "buyer_key", rows=rows)
    each["day"] = each["paid_at"].dt.normalize()
    each["first"] = each.groupby("buyer_key")["day"].transform("min")
    near = each[each["day"] <= each["first"] + pd.Timedelta(90, "D")]
    buyers = near.groupby("buyer_key").agg(first=("first", "first"), orders=("first", "size"))
    watched = buyers["first"] <= end - pd.Timedelta(90, "D")
    columns = {
        "first_buyers": 1,
        "watched": watched.astype(int),
        "repeat_buyers": (watched & (buyers["orders"] > 1)).astype(int),
    }
    found = buyers.assign(**columns).groupby(_month(buyers["first"]))[list(columns)].sum()
    share = found["repeat_buyers"] / found["watched"].where(found["watched"] > 0)
    return found.assign(repeat_share=share, cohort=found.index.astype(str)).reset_index(drop=True)


def rfm(files: Files) -> Any:
    each = _orders(files, "buyer_key", rows=_bought(files, "order_id"))
    buyers = each.groupby("buyer_key").agg(
        last=("paid_at", "max"), orders=("paid_fen", "size"), paid_fen=("paid_fen", "sum")
    )
    buyers["last"] = buyers["last"].dt.normalize()
    for name, value in {"recency": "last", "frequency": "orders", "money": "paid_fen"}.items():
        below = buyers[value].rank(method="min").astype("int64") - 1
        buyers[name] = below * 5 // len(buyers) + 1
    keys = ["recency", "frequency", "money"]
    found = buyers.groupby(keys).agg(buyers=("orders", "size"), orders=("orders", "sum"), paid_fen=("paid_fen", "sum"))
    return found.reset_index().sort_values(keys, ascending=False, ignore_index=True)


def funnel(files: Files) -> Any:
    rows = read(files, "channel_days", ["carrier", "ad_window", "exposures", "clicks", "orders", "exposure_users",
                                        "click_users", "buyers", "paid_fen"])  # fmt: skip
    found = rows[rows["ad_window"] == "any"].groupby("carrier", as_index=False).sum(numeric_only=True)
    rates = {"click_rate": ("clicks", "exposures"), "order_rate": ("orders", "clicks"),
             "click_rate_users": ("click_users", "exposure_users"), "buyer_rate_users": ("buyers", "click_users")}  # fmt: skip
    return found.assign(**{name: found[part] / found[whole] for name, (part, whole) in rates.items()})


def product_ranks(files: Files) -> Any:
    rows = _goods(files)
    found = (
        rows.groupby([_place(rows["paid_at"]).rename("at"), "product_id"])["payable_fen"]
        .sum()
        .rename("paid_fen")
        .reset_index()
    )
    found = found[found["paid_fen"] > 0].sort_values(["at", "paid_fen", "product_id"], ascending=[True, False, True])
    found["rank"] = found.groupby("at").cumcount() + 1
    before = found.assign(at=found["at"] + 1)[["at", "product_id", "rank"]].rename(columns={"rank": "rank_before"})
    top = found[found["rank"] <= 20].merge(before, on=["at", "product_id"], how="left")
    top = top.assign(month=_text(top["at"]), rise=top["rank_before"] - top["rank"])
    return top.sort_values(["at", "rank"], ignore_index=True)


def price_bands(files: Files) -> Any:
    each = _orders(files)["paid_fen"]
    ends = [0, 3000, 5000, 10000, 20000, 50000]
    band = np.searchsorted(ends[1:], each, side="right")
    found = each.groupby(band).agg(["size", "sum"])
    columns = {
        "band": found.index,
        "from_fen": np.take(ends, found.index),
        "to_fen": np.take([*ends[1:], np.nan], found.index),
    }
    return pd.DataFrame({**columns, "orders": found["size"].to_numpy(), "paid_fen": found["sum"].to_numpy(),
                         "order_share": found["size"].to_numpy() / len(each)})  # fmt: skip


def order_quantiles(files: Files) -> Any:
    each = _orders(files, "province")
    place = each["province"].fillna("unknown")
    size = place.map(place.value_counts())
    by = each["paid_fen"].groupby(place.where(size >= 5, "other"))
    found = (
        by.quantile([0.25, 0.5, 0.75, 0.9]).unstack().set_axis(["q25_fen", "median_fen", "q75_fen", "q90_fen"], axis=1)
    )
    found = found.assign(orders=by.size()).rename_axis("province").reset_index()
    return found.sort_values(["orders", "province"], ascending=[False, True], ignore_index=True)


def new_returning(files: Files) -> Any:
    rows = _paid(files, "buyer_key")
    rows = rows[rows["payable_fen"] != 0]
    rows = pd.DataFrame({"buyer": rows["buyer_key"], "at": _place(rows["paid_at"]), "fen": rows["payable_fen"]})
    spent = rows.groupby(["buyer", "at"], dropna=False)["fen"].sum().reset_index()
    known = spent["buyer"].notna()
    first = spent["at"].groupby(spent["buyer"]).transform("min")
    sides = {"new": known & (first == spent["at"]), "returning": known & (first < spent["at"]), "unknown": ~known}
    columns = {f"{side}_buyers": mask.astype(int) for side, mask in sides.items()}
    columns |= {f"{side}_fen": spent["fen"].where(mask, 0) for side, mask in sides.items()}
    found = pd.DataFrame(columns).groupby(spent["at"]).sum()
    share = found["returning_buyers"] / (found["new_buyers"] + found["returning_buyers"])
    return found.assign(month=_text(found.index.to_series()), returning_share=share).reset_index(drop=True)


def ship_hours(files: Files) -> Any:
    rows = _paid(files, "order_id", "line_kind", "order_type", "appointed_at", "shipped_at")
    sound = (rows["line_kind"].fillna("product") == "product") & (rows["order_type"].fillna("physical") == "physical")
    sound &= rows["appointed_at"].isna()
    rows = rows.assign(sent=rows["shipped_at"].where(sound), unsent=sound & rows["shipped_at"].isna(), sound=sound)
    each = rows.groupby("order_id", sort=False).agg(
        fen=("payable_fen", "sum"),
        paid_at=("paid_at", "min"),
        sent=("sent", "max"),
        unsent=("unsent", "any"),
        sound=("sound", "any"),
    )
    each = each[(each["fen"] > 0) & each["sound"]]
    month = _place(each["paid_at"])
    minutes = ((each["sent"] - each["paid_at"]) // pd.Timedelta(1, "min")).clip(lower=0).where(~each["unsent"])
    hours = (minutes.groupby(month).quantile([0.5, 0.9]) / 60).unstack().set_axis(["median_hours", "q90_hours"], axis=1)
    counts = {"orders": (~each["unsent"]).groupby(month).sum(), "unsent": each["unsent"].groupby(month).sum()}
    found = hours.assign(**counts)
    return found.assign(month=_text(found.index.to_series())).reset_index(drop=True)


def pareto(files: Files) -> Any:
    rows = _goods(files)
    found = rows.groupby("product_id", as_index=False)["payable_fen"].sum().rename(columns={"payable_fen": "paid_fen"})
    found = found[found["paid_fen"] > 0].sort_values(
        ["paid_fen", "product_id"], ascending=[False, True], ignore_index=True
    )
    total = found["paid_fen"].sum()
    found = found.assign(
        rank=found.index + 1, share=found["paid_fen"] / total, share_so_far=found["paid_fen"].cumsum() / total
    )
    return found.head(200)


FUNCTIONS: dict[str, Callable[[Files], Any]] = {
    function.__name__: function
    for function in (
        month_gmv, order_value, refund_rate, busy_hours, categories, cohorts, repurchase, rfm, funnel, product_ranks,
        price_bands, order_quantiles, new_returning, ship_hours, pareto,
    )
}  # fmt: skip
