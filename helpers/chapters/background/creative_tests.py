"""Split tests of creatives: which one is truly better."""

from helpers.chapters import trial_board, trials
from helpers.chapters.trials import Trial
from helpers.findings import Answer, Sentence, Value
from helpers.report import Report, sentence

CLAIM = "1.3.1a"
KEY = "background.creative_tests"


def creative_tests(report: Report) -> Answer:
    """Which creatives beat their control in a sound, finished split test with equal budgets.

    Winners are held to the number of creatives that are compared. Table ``tests``: one row per creative, latest test
    first; those that may not be read print no rates.
    """
    if not len(report.every("experiments")):
        return report.gap(CLAIM, "missing_file", "EXP-AB")
    found = trials.read(report, "creative")
    if not found:
        return report.gap(CLAIM, "no_experiment", "EXP-AB")
    values = trial_board.values(report, found, CLAIM)
    best = max((one for one in found if one.verdict == "better"), key=lambda one: one.effect.z, default=None)
    return report.finding(
        CLAIM,
        _headline(found, values, best),
        more=_more(report, found, values, best),
        values=values,
        tables={"tests": trial_board.board(found, values)},
        action=sentence(f"{KEY}.act", **trial_board.slots(best, values)) if best else None,
    )


def _headline(found: list[Trial], values: dict[str, Value], best: Trial | None) -> Sentence:
    if best:
        case = "winners" if int(values["better"].value or 0) > 1 else "winner"
        return sentence(f"{KEY}.{case}", better=values["better"], **trial_board.slots(best, values))
    case = "none" if values["read"].value else "unread"
    return sentence(f"{KEY}.{case}", read=values["read"], tests=values["tests"])


def _more(report: Report, found: list[Trial], values: dict[str, Value], best: Trial | None) -> tuple[Sentence, ...]:
    said = []
    if best:
        known = best.side.spend > 0 and best.control.spend > 0
        said.append(sentence(f"{KEY}.effect", **trial_board.slots(best, values)))
        said += [] if known else [sentence(f"{KEY}.money_unknown", **trial_board.slots(best, values))]
    if int(values["read"].value or 0) > 1:
        said.append(sentence(f"{KEY}.many", **{name: values[name] for name in ("read", "higher", "better")}))
    said += trial_board.unread(found, f"{KEY}")
    blind = trials.uncontrolled(report, "creative")
    if blind:
        said.append(sentence(f"{KEY}.uncontrolled", tests=blind))
    return tuple(said)
