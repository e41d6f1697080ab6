"""Own videos with their tags: what each brought, from which scene, hook and hour."""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.background import levers
from helpers.definitions import files, groups
from helpers.findings import Gap, Label
from helpers.methods.adjusted import adjusted_means
from helpers.methods.shrinkage import normal, normal_above, normal_ranks
from helpers.period import Period
from helpers.report import FEN, Report

MEASURES = ("completion", "click", "gpm")
NO_CATEGORY = "-"


def absent(report: Report, claim: str, what: str) -> Gap | None:
    """The gap where videos or their tags are missing."""
    tags = report.every("content_tags")
    lacking = [code for code, rows in (("CRE", tags), ("VID", report.every("videos"))) if not len(rows)]
    if lacking:
        return report.gap(claim, "missing_file", *lacking, what=Label("gap_what", what))
    if not tags["scene"].notna().any():
        return report.gap(
            claim, "missing_column", "CRE", column=Label("columns", "scene"), what=Label("gap_what", what)
        )
    return None


def span(report: Report) -> Period:
    """The days whose videos are compared: a month has too few of them."""
    first = report.seen.end - timedelta(int(report.threshold("tagged_days")) - 1)
    return Period("range", first, report.seen.end)


def videos(report: Report) -> Any:
    """One row per tagged own video with enough plays that was published in the `span`.

    Columns video_id, category, the tags (``scene`` ``plain`` where none is shown), day_part of publishing, views, and
    completion and click (0-1, per play, missing where the file has none), gpm (paid per 1,000 plays, currency units).
    """
    rows, days = report.every("videos"), span(report)
    rows = rows[(rows["seller"] != "partner") & rows["published_at"].dt.date.between(days.start, days.end)]
    rows = rows[(rows["period_end"] <= pd.Timestamp(days.end)) & (rows["views"] > 0)]
    rows = rows.assign(ended=rows["completion_rate"] * rows["views"])
    sums = ["views", "ended", "product_clicks", "paid_fen"]
    each = rows.groupby("video_id")
    found = each[sums].sum(min_count=1).astype("float64").join(each[["published_at", "product_id"]].first())
    found = found[found["views"] >= report.threshold("tagged_views")].join(tags(report, "video"), how="inner")
    return found.assign(
        category=category_of(report, found["product_id"]),
        day_part=found["published_at"].dt.hour.map(groups.day_parts(report.shop)),
        completion=found["ended"] / found["views"],
        click=found["product_clicks"] / found["views"],
        gpm=found["paid_fen"] / found["views"] * 1000 / FEN,
    ).reset_index(names="video_id")


def category_of(report: Report, products: Any) -> Any:
    """Category of each product, a sign where the shop's list has none; indexed as the products."""
    listed = products.map(levers.categories(report)).astype(object)
    return listed.where(listed.notna(), NO_CATEGORY)


def tags(report: Report, *kinds: str) -> Any:
    """Scene, hook and format by content of these kinds; ``plain`` where no scene is shown though the row is tagged."""
    rows = report.every("content_tags")
    rows = rows[rows["content_kind"].isin(kinds)].set_index("content_id")[["scene", "hook", "format"]]
    plain = files.toml(files.find("groups/scenes.toml", report.shop))["plain"]
    rows = rows[rows.notna().any(axis=1)]
    return rows.assign(scene=rows["scene"].fillna("plain").replace(dict.fromkeys(plain, "plain")))


def compared(report: Report, rows: Any, by: Sequence[str], measure: str) -> Any:
    """One row per combination of tags with enough videos, the best first, by one measure.

    Columns the tags, ``n``, ``mean`` ``low`` ``high`` (same mixture of categories, shrunken), ``best`` (chance to be the
    best), ``overall`` (mean of all), ``above`` (chance to lie above it), ``error`` and ``raw`` (before shrinking). Empty
    where fewer than two combinations can be compared.
    """
    rows = rows.dropna(subset=[measure, *by])
    size = rows.groupby(list(by))[measure].transform("size") if len(rows) else rows[measure]
    rows = rows[size >= report.threshold("tagged_fewest")]
    keys = reduce(lambda tags, more: tags + "|" + more, (rows[name].astype(str) for name in by))
    if keys.nunique() < 2:
        return pd.DataFrame()
    found = adjusted_means(rows[measure], keys, rows["category"])
    found[list(by)] = found["group"].str.split("|", expand=True)
    found = found.rename(columns={"mean": "raw"})[[*by, "n", "raw", "error"]]
    found = found[(found["error"] > 0) & np.isfinite(found["raw"])].reset_index(drop=True)
    if not len(found):
        return found
    shrunk = normal(found["raw"], found["error"], report.threshold("level"))
    overall = float(rows[measure].mean())
    chances = {
        "best": normal_ranks(found["raw"], found["error"])["best"],
        "above": normal_above(found["raw"], found["error"], overall),
    }
    found = found.join(shrunk).assign(**chances, overall=overall)
    return found.sort_values("mean", ascending=False, kind="stable", ignore_index=True)
