"""Which supplier, batch or warehouse the returns for quality come from."""

from typing import Any

import pandas as pd

from helpers.chapters import names
from helpers.chapters.sales import aged
from helpers.chapters.values import ranged
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.batches import batch_limits, sound_prior
from helpers.methods.intervals import Interval, ratio_interval
from helpers.report import Report, sentence, table

CLAIM = "2.3.1b"
SOLD = ["orders", "after_sales", "roles"]
SUPPLIERS = {
    "supplier": "text", "n": "count", "quality_returns": "count", "quality_rate": "ratio",
    "batches": "count", "faulty_rate": "ratio", "batches_out": "count", "defect_standing": "label:defect_standing",
}  # fmt: skip
BATCHES = {"arrived_on": "date", "faulty_rate": "ratio", "centre": "ratio", "lower": "ratio", "upper": "ratio"}


def suppliers(report: Report) -> Answer:
    """Whether returns for quality come from one supplier, which product makes them, and which batches arrived worse.

    Suppliers are compared with all others by weeks, adjusted for how many they are; batches with limits that allow for
    batches differing anyway (beta-binomial). Tables: ``supplier_returns`` one row per supplier, worst first;
    ``supplier_batches`` one row per inspected batch of the worst supplier: ``faulty_rate`` and its limits.
    """
    lacking = aged.missing(report, CLAIM)
    if lacking is not None:
        return lacking
    owner = _owner(report)
    rows, span = aged.shipped(report)
    rows = rows.assign(supplier=rows["product_id"].map(owner), hit=rows["group"] == "quality")
    rows = rows.dropna(subset=["supplier"])
    if not len(rows):
        return report.gap(CLAIM, "missing_file", "SUP", "ROL", what=Label("supply_open", "suppliers"))
    frame = aged.against_rest(report, rows, "supplier")
    batches = _batches(report)
    values = _values(report, rows, frame, batches)
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(report, rows, frame, batches, values)),
        values=values,
        tables=_tables(frame, batches, len(rows)),
        action=_action(report, rows, frame, values),
        gaps=_gaps(report, batches),
    )


def _owner(report: Report) -> Any:
    """Supplier of each product: by the list of products, else the main one of the suppliers' sheet; indexed by product."""
    listed = report.every("roles").dropna(subset=["supplier"]).drop_duplicates("product_id")
    main = report.every("suppliers")
    main = main[main["rank"] == "main"].drop_duplicates("product_id")
    return listed.set_index("product_id")["supplier"].combine_first(main.set_index("product_id")["supplier"])


def _batches(report: Report) -> Any:
    """Inspected batches that arrived by the end of the period, with their rate, centre, limits and whether they are out."""
    rows = report.every("purchases").dropna(subset=["arrived_on", "arrived", "faulty", "supplier"])
    rows = rows[(rows["arrived_on"] <= pd.Timestamp(report.seen.end)) & (rows["arrived"] > 0)]
    rows = rows.astype({"arrived": "float64", "faulty": "float64"}).sort_values("arrived_on", ignore_index=True)
    if not len(rows):
        return rows.assign(faulty_rate=[], centre=[], lower=[], upper=[], out=[])
    least, level = report.threshold("batches_fewest"), report.threshold("batch_level")
    many = rows.groupby("supplier")["arrived"].transform("size") >= least
    key = rows["supplier"].where(many, "")
    parts = [_limits(part, part if own else rows, level) for own, part in rows.groupby(key)]
    return pd.concat(parts).sort_values("arrived_on")


def _limits(part: Any, peers: Any, level: float) -> Any:
    """Batches with the limits that their peers allow."""
    found = batch_limits(part["faulty"], part["arrived"], level, sound_prior(peers["faulty"], peers["arrived"], level))
    return part.join(found.set_index(part.index).rename(columns={"rate": "faulty_rate"}))


def _weekly(rows: Any) -> Interval:
    """Rate of hits with weeks as clusters."""
    weeks = rows.assign(week=(rows["day"] - rows["day"].min()).dt.days // 7).groupby("week")["hit"].agg(["sum", "size"])
    return ratio_interval(weeks["sum"], weeks["size"])


def _values(report: Report, rows: Any, frame: Any, batches: Any) -> dict[str, Value]:
    span = aged.shipped(report)[1]
    worst, mine = frame.index[0], rows["supplier"] == frame.index[0]
    parts = {
        "quality_rate": ("", rows),
        "worst": (f"/supplier={worst}", rows[mine]),
        "others": ("/supplier=others", rows[~mine]),
    }
    found = {
        name: ranged(report, f"sales.quality_return_rate{id}", _weekly(part), CLAIM, SOLD, len(part), span, ends=(0, 1))
        for name, (id, part) in parts.items()
        if len(part)
    }
    found["suppliers"] = report.value("sales.suppliers", len(frame), CLAIM, ["roles"])
    if not len(batches):
        return found
    sides = {"worst": batches[batches["supplier"] == worst], "others": batches[batches["supplier"] != worst]}
    for name, part in sides.items():
        if len(part):
            rate, n = ratio_interval(part["faulty"], part["arrived"]), int(part["arrived"].sum())
            id = f"sales.batch_faulty_{name}"
            found[f"faulty_{name}"] = ranged(report, id, rate, CLAIM, ["purchases"], n, ends=(0, 1))
    return found | _batch_values(report, batches)


def _batch_values(report: Report, batches: Any) -> dict[str, Value]:
    out, n = batches[batches["out"]].sort_values("faulty_rate"), len(batches)
    due = n * (1 - report.threshold("batch_level")) / 2
    found = {
        "batches": report.value("sales.batches", n, CLAIM, ["purchases"], n=n),
        "batches_out": report.value("sales.batches_out", len(out), CLAIM, ["purchases"], n=n),
        "batches_due": report.value("sales.batches_out_by_chance", due, CLAIM, ["purchases"], n=n),
    }
    if len(out):
        rate, arrived = out["faulty_rate"].iloc[-1], int(out["arrived"].iloc[-1])
        id = f"sales.batch_faulty_rate/purchase={out['purchase_id'].iloc[-1]}"
        found["batch_rate"] = report.value(id, rate, CLAIM, ["purchases"], n=arrived)
    return found


def _above(frame: Any) -> bool:
    return bool(frame["standing"].iloc[0] == "above")


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    if len(frame) == 1:
        return sentence("sales.suppliers.single", supplier=frame.index[0], rate=values["worst"])
    if _above(frame):
        slots: dict[str, Slot] = {"supplier": frame.index[0], "rate": values["worst"], "others": values["others"]}
        return sentence("sales.suppliers.above", **slots)
    return sentence("sales.suppliers.even", suppliers=values["suppliers"], rate=values["quality_rate"])


def _more(report: Report, rows: Any, frame: Any, batches: Any, values: dict[str, Value]) -> list[Sentence]:
    span, age = str(aged.shipped(report)[1]), int(report.threshold("mature_days"))
    found = [sentence("sales.suppliers.basis", span=span, age=age, rate=values["quality_rate"])]
    if _above(frame):
        found[0] = sentence(
            "sales.suppliers.basis_above", span=span, age=age, rate=values["worst"], suppliers=values["suppliers"]
        )
        found += _driver(report, rows, frame)
    if len(batches):
        found.append(_batch_sentence(report, batches, values))
    houses = rows.assign(house=rows["warehouse"]).dropna(subset=["house"])
    if houses["house"].nunique() > 1:
        worst = aged.against_rest(report, houses, "house")
        case = "house_above" if _above(worst) else "house_even"
        slots: dict[str, Slot] = {"house": worst.index[0]} if _above(worst) else {"count": len(worst)}
        found.append(sentence(f"sales.suppliers.{case}", **slots))
    return found


def _driver(report: Report, rows: Any, frame: Any) -> list[Sentence]:
    """Which product makes the worst supplier's returns, and what is left of them without it."""
    mine = rows[rows["supplier"] == frame.index[0]]
    others = rows[rows["supplier"] != frame.index[0]]
    top = aged.top_product(mine, float(others["hit"].mean()))
    rest = mine[mine["product_id"] != top]
    if not top or len(rest) < report.threshold("few"):
        return []
    both = pd.concat([rest, others])
    judged = aged.against_rest(report, both, "supplier").loc[frame.index[0], "standing"]
    span = aged.shipped(report)[1]
    part = mine[mine["product_id"] == top]
    rates = {
        name: ranged(
            report, f"sales.quality_return_rate/{id}", _weekly(some), CLAIM, SOLD, len(some), span, ends=(0, 1)
        )
        for name, id, some in (
            ("rate", f"product={top}", part),
            ("rest", f"supplier={frame.index[0]} without {top}", rest),
        )
    }
    product = names.printed([top], names.known(report, span))[0]
    return [sentence(f"sales.suppliers.driver_{'too' if judged == 'above' else 'alone'}", product=product, **rates)]


def _batch_sentence(report: Report, batches: Any, values: dict[str, Value]) -> Sentence:
    slots: dict[str, Slot] = {
        name: values[name] for name in ("batches", "batches_due", "faulty_worst", "faulty_others") if name in values
    }
    out = batches[batches["out"]].sort_values("faulty_rate")
    if not len(out):
        return sentence("sales.suppliers.batches_in", **slots)
    name = out["batch"].fillna(out["purchase_id"]).iloc[-1]
    return sentence(
        "sales.suppliers.batches_out", out=values["batches_out"], batch=name, rate=values["batch_rate"], **slots
    )


def _action(report: Report, rows: Any, frame: Any, values: dict[str, Value]) -> Sentence | None:
    if not _above(frame):
        return None
    mine = rows[rows["supplier"] == frame.index[0]]
    top = aged.top_product(mine, float(values["others"].value or 0))
    product = names.printed([top], names.known(report, aged.shipped(report)[1]))[0] if top else frame.index[0]
    return sentence("sales.suppliers.act", supplier=frame.index[0], product=product)


def _tables(frame: Any, batches: Any, n: int) -> dict[str, Any]:
    shown = frame.rename(columns={"hits": "quality_returns", "rate": "quality_rate", "standing": "defect_standing"})
    units = SUPPLIERS
    if len(batches):
        sums = batches.groupby("supplier").agg(
            batches=("out", "size"), batches_out=("out", "sum"), faulty=("faulty", "sum"), arrived=("arrived", "sum")
        )
        shown = shown.join(sums.assign(faulty_rate=sums["faulty"] / sums["arrived"]))
    else:
        units = {name: unit for name, unit in units.items() if name in shown or name == "supplier"}
    found = {"supplier_returns": table(shown.rename_axis("supplier").reset_index()[[*units]], units, n=n)}
    mine = batches[batches["supplier"] == frame.index[0]]
    if len(mine) > 1 and len(mine) < len(batches):
        found["supplier_batches"] = table(
            mine[[*BATCHES]].reset_index(drop=True), BATCHES, n=int(mine["arrived"].sum())
        )
    return found


def _gaps(report: Report, batches: Any) -> tuple[Gap, ...]:
    return () if len(batches) else (report.gap(CLAIM, "missing_file", "SUP", what=Label("supply_open", "batches")),)
