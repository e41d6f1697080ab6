"""Hosts: what each sells in a session, made comparable for slot, audience and promotion."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from helpers.chapters import mature, spans
from helpers.chapters.marketing import bars, shifts
from helpers.chapters.values import rated
from helpers.findings import Answer, Gap, Label, Sentence, Table, Value
from helpers.methods.intervals import mean_interval
from helpers.report import FEN, Report, for_all_pages, sentence, table

CLAIM = "3.2.2b"
FILES = ("live_sessions", "hosts")
MONEY = ("gmv_session", "adjusted", "low", "high", "net_session")
LEAGUE = {"host": "text", "sessions": "count", **dict.fromkeys(MONEY, "money")}


@for_all_pages
def hosts(report: Report) -> Answer:
    """Sales per session by host: as they were, and adjusted for slot, audience and promotion, with intervals.

    Tables: ``league`` one row per host, best first; ``adjusted`` in yuan per session under the period's average
    conditions. The stake is what the other hosts' sessions would have left as contribution at the best host's
    level.
    """
    missing = bars.absent(report, CLAIM, "live_sessions", "LIV", "gmv_fen") or _no_schedule(report)
    if missing:
        return missing
    rooms, held = report.once("hosted", lambda: shifts.hosted(report))
    if not len(rooms):
        return report.gap(CLAIM, "no_rows", "HST", "LIV")
    scores = report.once("adjusted hosts", lambda: shifts.adjusted(report, rooms))
    league = _league(rooms, scores)
    values = _values(report, rooms, league, held) | _gain(report, rooms, scores)
    head = str(league.iloc[0]["host"])
    verdict = bars.judged(values["head"], values["head.target"], report.threshold("fewest_sessions"))
    units = {name: unit for name, unit in LEAGUE.items() if name in league and league[name].notna().any()}
    return report.finding(
        CLAIM,
        _headline(report, values, head),
        more=_more(values, head),
        values=values,
        tables=_tables(league, units, len(rooms)),
        verdict=verdict,
        stake=values.get("gain_contribution"),
        action=sentence("marketing.hosts.action", host=head) if _clear(report, values) else None,
        gaps=_gaps(report, rooms, scores, values),
    )


def _no_schedule(report: Report) -> Gap | None:
    return None if len(report.every("hosts")) else report.gap(CLAIM, "missing_file", "HST")


def _tables(league: Any, units: Mapping[str, str], sessions: int) -> dict[str, Table]:
    """The league, and for its chart the hosts that can be compared like for like."""
    found = {"league": table(league, units, n=sessions)}
    if "adjusted" in units:
        alike = ("host", "adjusted", "low", "high")
        found["adjusted"] = table(league[[*alike]].dropna(), {name: LEAGUE[name] for name in alike}, n=sessions)
    return found


def _league(rooms: Any, scores: Any) -> Any:
    by = rooms.groupby("host")
    frame = by.agg(sessions=("gmv_fen", "size"), gmv_session=("gmv_fen", "mean"))
    frame["net_session"] = by["net_fen"].mean() / FEN
    frame["gmv_session"] /= FEN
    if scores is not None:
        frame = frame.join(scores[["adjusted", "low", "high"]])
    order = "adjusted" if scores is not None else "gmv_session"
    return frame.sort_values(order, ascending=False, kind="stable").rename_axis("host").reset_index()


def _values(report: Report, rooms: Any, league: Any, held: int) -> dict[str, Value]:
    found = {}
    for row in league.itertuples():
        name, own = row.host, rooms[rooms["host"] == row.host]
        mean = [max(end, 0.0) for end in mean_interval(own["gmv_fen"])]
        found[f"gmv.{name}"] = _money(report, f"marketing.host_session_gmv/host={name}", mean, FILES, len(own))
        if "adjusted" in league:
            fen = [end * FEN for end in (row.adjusted, row.low, row.high)]
            found[f"adjusted.{name}"] = _money(
                report, f"marketing.host_session_adjusted/host={name}", fen, FILES, len(own)
            )
    head = rooms[rooms["host"] == league.iloc[0]["host"]]
    found["head"] = found[f"gmv.{league.iloc[0]['host']}"]
    found["head.target"] = bars.target(report, "marketing.host_session_gmv", "host_session_gmv", CLAIM)
    found["attributed"] = report.value("marketing.sessions_attributed", len(rooms) / held, CLAIM, FILES, n=held)
    if head["net_fen"].notna().any():
        found["net"] = report.money("marketing.host_session_net", head["net_fen"].mean(), CLAIM, FILES, n=len(head))
    bar = report.target("host_session_gmv")
    if bar is not None:
        hits = int((head["gmv_fen"] >= bar * FEN).sum())
        found["reached"] = rated(report, "marketing.host_reached", hits, len(head), CLAIM, FILES)
    return found


def _gain(report: Report, rooms: Any, scores: Any) -> dict[str, Value]:
    """What the others' sessions would sell a month at the best host's level, net of refunds, and as contribution."""
    refunded = rooms[rooms["net_fen"].notna()]
    if scores is None or len(scores) < 2 or not refunded["gmv_fen"].sum() > 0:
        return {}
    more = np.array(shifts.gain(scores)) * spans.monthly(report) * FEN
    kept, count = float(refunded["net_fen"].sum() / refunded["gmv_fen"].sum()), len(rooms)
    found = {"best": report.value("marketing.host_best", float(scores["best"].max()), CLAIM, FILES, n=count)}
    found["gain"] = _money(report, "marketing.host_gap", more * kept, FILES, count)
    old = mature.paid(report, carrier="live")
    left = mature.margin_share(report, old) if len(old) else None
    if left is not None and left.estimate > 0:
        files = (*FILES, "orders", "after_sales", "costs")
        found["gain_contribution"] = _money(
            report, "marketing.host_gap_contribution", more * left.estimate, files, count
        )
    return found


def _money(report: Report, id: str, fen: Any, files: tuple[str, ...], n: int) -> Value:
    return report.money(id, fen[0], CLAIM, files, n=n, low=fen[1], high=fen[2])


def _clear(report: Report, values: dict[str, Value]) -> bool:
    """Whether the first host is likely to be the best, and not only first in the list."""
    return "best" in values and float(values["best"].value or 0) >= report.threshold("likely")


def _headline(report: Report, values: dict[str, Value], head: str) -> Sentence:
    case = "league" if _clear(report, values) else "alike" if "best" in values else "raw"
    slots = {"gmv": values["head"], "adjusted": values.get(f"adjusted.{head}", values["head"])}
    return sentence(f"marketing.hosts.{case}", host=head, **slots)


def _more(values: dict[str, Value], head: str) -> tuple[Sentence, ...]:
    said = []
    if "reached" in values:
        slots = {"gmv": values["head"], "target": values["head.target"], "reached": values["reached"]}
        said.append(sentence("marketing.hosts.bar", host=head, **slots))
    if "net" in values:
        said.append(sentence("marketing.hosts.net", host=head, net=values["net"], gmv=values["head"]))
    if "gain" in values:
        said.append(sentence("marketing.hosts.gain", host=head, gain=values["gain"]))
    said.append(sentence("marketing.hosts.attributed", share=values["attributed"]))
    return tuple(said)


def _gaps(report: Report, rooms: Any, scores: Any, values: dict[str, Value]) -> tuple[Gap, ...]:
    found = []
    if scores is None:
        found.append(report.gap(CLAIM, "too_few", n=len(rooms), need=int(report.threshold("fewest_sessions"))))
    if "net" not in values:
        found.append(report.gap(CLAIM, "missing_column", "LIV", column=Label("columns", "refund")))
    if "gain" in values and "gain_contribution" not in values:
        found.append(report.gap(CLAIM, "no_cost", "CST"))
    return tuple(found)
