"""Words of the printed report, from the ``publish`` part of the wording."""

from helpers.definitions.wording import Wording
from helpers.errors import ParameterError
from helpers.period import Period

PREFIX = "publish."


def word(speech: Wording, key: str, **slots: object) -> str:
    """A word of the publish wording, its slots filled."""
    return speech.word(PREFIX + key).format(**slots)


def report_name(speech: Wording, platform: str) -> str:
    """What the report is called: the deck's name for a Douyin shop, a plain one for a shop of another platform."""
    return word(speech, "report_name" if platform == "douyin" else "report_name_other")


def period_words(text: str, speech: Wording) -> str:
    """A period as a reader says it: 2026 年 10 月, October 2026; the text itself where it is none."""
    try:
        period = Period.parse(text)
    except ParameterError:
        return text
    start, end = period.start, period.end
    half = word(speech, "half_1" if start.month < 7 else "half_2")
    names = word(speech, "month_names").split()
    week = start.isocalendar()
    year = week.year if period.kind == "week" else start.year
    slots = {"year": year, "month": start.month, "month_name": names[start.month - 1], "half": half}
    slots |= {"quarter": (start.month + 2) // 3, "week": week.week, "start": start, "end": end}
    return word(speech, period.kind, **slots)


def spoken(speech: Wording) -> dict[str, str]:
    """All words of the printed report by key, for the page's own templates."""
    return {key.removeprefix(PREFIX): speech.word(key) for key in speech.keys("words") if key.startswith(PREFIX)}
