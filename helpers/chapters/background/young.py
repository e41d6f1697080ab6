"""Which pictures and games suit the young: what portraits tell of them, and what a test of styles would need."""

import math

from helpers.chapters import spans
from helpers.chapters.background import portraits
from helpers.chapters.background.portraits import Portrait, portrait
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.experiments import units_needed
from helpers.report import Report, sentence

CLAIM = "1.1.3d"


def young(report: Report) -> Answer:
    """Share of the young among viewers and buyers, and how large a test of styles would have to be; styles stay a gap.

    No export splits a style by age: portraits show whole audiences, videos show all ages together.
    """
    here = {who: found for who in ("viewers", "buyers") if (found := portrait(report, who)) is not None}
    if not here:
        why = "no_rows" if len(report.every("portraits")) else "missing_file"
        return report.gap(CLAIM, why, "AUD", "CRE", "VID", what=Label("gap_what", "style_by_age"))
    shares = {who: share for who, one in here.items() if (share := _share(report, one)) is not None}
    unknown = report.gap(CLAIM, "not_measurable", "AUD", "CRE", what=Label("gap_what", "style_by_age"))
    if not shares:
        return unknown
    values = {who: _value(report, who, here[who], share) for who, share in shares.items()}
    plan = _plan(report, shares.get("viewers"))
    values |= plan
    return report.finding(
        CLAIM,
        sentence(
            f"background.young.{'_'.join(shares)}", age=_age(report, here), **{who: values[who] for who in shares}
        ),
        more=tuple(_more(values)),
        values=values,
        action=sentence("background.young.act", **plan) if plan else None,
        gaps=(unknown,),
    )


def _share(report: Report, here: Portrait) -> float | None:
    """Share of the young labels; None where the portrait has no age or has them under other names."""
    rows = here.rows[here.rows["label_kind"].isin(portraits.labels(report, "age"))]
    rows = rows[rows["label"].isin(portraits.labels(report, "young"))]
    return float(rows["share"].sum()) if len(rows) else None


def _age(report: Report, here: dict[str, Portrait]) -> Label:
    """The young by the name that the portrait gives them."""
    known = {label for one in here.values() for label in one.rows["label"]}
    return Label("portrait_label", next(label for label in portraits.labels(report, "young") if label in known))


def _value(report: Report, who: str, here: Portrait, share: float) -> Value:
    low, high = portraits.bounds(report, [share], here.people)
    tables = ["portraits", "orders", "members"] if here.people else ["portraits"]
    fact, ends = f"background.young_share/audience={who}", {"low": low[0], "high": high[0]}
    return report.value(fact, share, CLAIM, tables, n=here.people, period=here.span, **ends)


def _plan(report: Report, share: float | None) -> dict[str, Value]:
    """People behind each of two portraits by style until a difference in the share of the young shows, and videos."""
    lift = report.threshold("young_lift")
    people = units_needed(share, share * lift) if share else float("nan")
    if people != people:
        return {}
    people = math.ceil(people)
    made = _views(report)
    videos = max(math.ceil(people / made), int(report.threshold("young_videos"))) if made else None
    found = {
        "people": report.value("background.young_people", people, CLAIM, ["portraits"]),
        "lift": report.value("background.young_lift", lift, CLAIM, []),
    }
    return found | ({"videos": report.value("background.young_videos", videos, CLAIM, ["videos"])} if videos else {})


def _views(report: Report) -> float:
    """Plays of the middle one of the period's videos; 0 without any."""
    rows, _ = spans.own_videos(report, report.seen)
    views = rows["views"].dropna() if len(rows) else rows
    return float(views.astype("float64").median()) if len(views) else 0.0


def _more(values: dict[str, Value]) -> list[Sentence]:
    if not {"viewers", "buyers"} <= values.keys():
        return []
    watch, buy = values["viewers"], values["buyers"]
    if watch.value is None or buy.low is None or buy.high is None:
        return []
    case = "less" if buy.high < watch.value else "more" if buy.low > watch.value else "same"
    return [sentence(f"background.young.{case}", viewers=watch, buyers=buy)]
