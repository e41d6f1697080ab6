"""Split tests of return and after-sale policies: what they bring, and what must not suffer."""

from helpers.chapters import trial_board, trials
from helpers.chapters.trials import READ, Trial
from helpers.findings import Answer, Sentence, Value
from helpers.report import Report, sentence

CLAIM = "2.3.3d"
KEY = "sales.policy_tests"


def policy_tests(report: Report) -> Answer:
    """Which policies did better than the old one without harm to their guardrail, in sound, finished split tests.

    Products or days that took turns are compared by turns, not by orders. Table ``policies``: one row per policy, latest
    test first; those that may not be read print no rates.
    """
    if not len(report.every("experiments")):
        return report.gap(CLAIM, "missing_file", "EXP-AB")
    found = trials.read(report, "policy")
    if not found:
        return report.gap(CLAIM, "no_experiment", "EXP-AB")
    values = trial_board.values(report, found, CLAIM)
    best = max((one for one in found if one.verdict == "better"), key=lambda one: abs(one.effect.z), default=None)
    return report.finding(
        CLAIM,
        _headline(found, values, best),
        more=_more(report, found, values, best),
        values=values,
        tables={"policies": trial_board.board(found, values)},
        action=_action(found, values, best),
    )


def _headline(found: list[Trial], values: dict[str, Value], best: Trial | None) -> Sentence:
    if best:
        return sentence(f"{KEY}.better_{best.guarded or 'unguarded'}", **trial_board.slots(best, values))
    harmful = _harmful(found)
    if harmful:
        return sentence(f"{KEY}.harm", **trial_board.slots(harmful[0], values))
    case = "none" if values["read"].value else "unread"
    return sentence(f"{KEY}.{case}", read=values["read"], tests=values["tests"])


def _more(report: Report, found: list[Trial], values: dict[str, Value], best: Trial | None) -> tuple[Sentence, ...]:
    said = []
    if best:
        said.append(sentence(f"{KEY}.effect", **trial_board.slots(best, values)))
        said += [sentence(f"{KEY}.guard", **trial_board.slots(best, values))] if best.guarded else []
        said += [sentence(f"{KEY}.harm", **trial_board.slots(one, values)) for one in _harmful(found)[:1]]
    plain = [one for one in found if one.verdict in ("open", "alike", "worse")]
    for case in ("worse", "alike", "open"):
        some = [one for one in plain if one.verdict == case]
        said += [sentence(f"{KEY}.{case}", **trial_board.slots(some[0], values))] if some else []
    if any(len(one.side.base) > 1 for one in found if one.verdict in READ):
        said.append(sentence(f"{KEY}.turns"))
    said += trial_board.unread(found, KEY)
    blind = trials.uncontrolled(report, "policy")
    return (*said, sentence(f"{KEY}.uncontrolled", tests=blind)) if blind else tuple(said)


def _harmful(found: list[Trial]) -> list[Trial]:
    return [one for one in found if one.verdict == "harm"]


def _action(found: list[Trial], values: dict[str, Value], best: Trial | None) -> Sentence | None:
    if best:
        case = "act" if best.guarded == "holds" else "act_watch"
        return sentence(f"{KEY}.{case}", **trial_board.slots(best, values))
    harmful = _harmful(found)
    return sentence(f"{KEY}.act_harm", **trial_board.slots(harmful[0], values)) if harmful else None
