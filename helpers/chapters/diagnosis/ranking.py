"""What chapters 02 to 05 found, by the money that hangs on it."""

import pandas as pd

from helpers.chapters import background, interaction, marketing, sales
from helpers.chapters.diagnosis.conversion import organic, promoted
from helpers.chapters.diagnosis.stockouts import stockouts
from helpers.chapters.values import priced
from helpers.definitions import deck
from helpers.findings import Answer, Finding
from helpers.report import Report, sentence, table

CLAIM = "5.1"
UNITS = {"claim": "text", "question": "text", "stake": "money", "stake_low": "money", "stake_high": "money"}


def findings(report: Report) -> list[Finding]:
    """The findings of this chapter on which money hangs."""
    return priced(organic(report), promoted(report), stockouts(report))


def ranking(report: Report) -> Answer:
    """The findings of all chapters that put a month's money at stake, the dearest first.

    Tables: ``ranking`` one row per finding with its stake and range. The stakes overlap and are not to be added.
    """
    found = [
        *background.findings(report),
        *sales.findings(report),
        *marketing.findings(report),
        *interaction.findings(report),
        *findings(report),
    ]
    priced = {answer.claim: answer for answer in found if answer.stake is not None and answer.stake.value}
    if not priced:
        return report.gap(CLAIM, "no_stakes", "CST", "BMK", "TGT")
    words = deck.claims()
    rows = [
        {
            "claim": claim,
            "question": words[claim].words[report.lang],
            "stake": answer.stake.value,
            "stake_low": answer.stake.low,
            "stake_high": answer.stake.high,
        }
        for claim, answer in priced.items()
        if answer.stake is not None
    ]
    frame = pd.DataFrame(rows).sort_values(["stake", "claim"], ascending=[False, True], ignore_index=True)
    first = priced[frame.iloc[0]["claim"]].stake
    assert first is not None
    count = report.value("diagnosis.priced_findings", len(frame), CLAIM, ["orders"])
    return report.finding(
        CLAIM,
        sentence("diagnosis.ranking.found", question=str(frame.iloc[0]["question"]), stake=first, n=len(frame)),
        more=(sentence("diagnosis.ranking.overlap"),),
        values={"count": count},
        tables={"ranking": table(frame, UNITS)},
    )
