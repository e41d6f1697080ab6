"""Axes: limits, few ticks in the reader's units, days and months, labels that keep apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.definitions.wording import Wording
from helpers.show import theme, words
from helpers.show.sheet import Sheet

STEPS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 35, 56, 84, 182, 364)
MONTH_STEPS = (1, 2, 3, 6, 12, 24)
WIDEST_PLOT = 120
SIGNED = {"points"}
HEADROOM = 0.06
NEAR, NEAR_RATE = 0.7, 0.25


def limits(values: Iterable[Any], unit: str, near: float = NEAR) -> tuple[float, float]:
    """Ends of an axis that holds all values: from zero where the smallest is below ``near`` times the biggest."""
    import numpy as np

    drawn = np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in values])
    drawn = drawn[np.isfinite(drawn)]
    low, high = (float(drawn.min()), float(drawn.max())) if len(drawn) else (0.0, 1.0)
    if unit not in SIGNED and 0 <= low < near * high:
        low = 0.0
    room = (high - low) * HEADROOM or abs(high) * HEADROOM or 1.0
    return (low if low == 0 else low - room), (high if high == 0 and low < 0 else high + room)


def ticks(low: float, high: float, unit: str, most: int = 5) -> list[float]:
    """Round numbers between two ends, at most so many steps."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10], integer=unit == "count").tick_values(low, high)
    slack = (high - low) * 1e-9
    return [float(mark) for mark in found if low - slack <= mark <= high + slack]


def tick_words(marks: Sequence[float], unit: str, speech: Wording) -> list[str]:
    """The ticks in one common scale: 0, 5 万, 10 万; shares in percent."""
    factor, scale = (100.0, "") if unit in words.SHARES else (1.0, "")
    largest = max((abs(mark) for mark in marks), default=0)
    if words.is_money(unit) or unit in words.BIG:
        for start, divisor, word in speech.scales():
            if largest >= start:
                factor, scale = 1 / divisor, word
                break
    shown = [mark * factor for mark in marks]
    digits = next((d for d in range(4) if all(abs(round(x, d) - x) < 1e-6 for x in shown)), 3)
    end = " %" if unit in words.SHARES else speech.word("axis_scaled").format(scale=scale) if scale else ""
    zero = "0" + (end if unit in words.SHARES else "")
    return [f"{x:,.{digits}f}{end}" if round(x, digits) else zero for x in shown]


def shared_unit(sheet: Sheet, columns: Sequence[str]) -> str:
    """Header and unit of one column; of several only the unit that they share."""
    if len(columns) == 1:
        return unit_words(sheet, columns[0])
    unit = sheet.speech.label("axis_unit", sheet.unit(columns[0]))
    return sheet.speech.word("axis_unit").format(unit=unit) if unit else ""


def unit_words(sheet: Sheet, column: str) -> str:
    """Header of a column with its unit: 支付金额（元）."""
    unit = sheet.unit(column)
    name = sheet.speech.label("axis_unit", unit)
    head = sheet.head(column)
    return head if name in ("", unit) else sheet.speech.word("axis_title").format(name=head, unit=name)


def quiet(ax: Any, *keep: str) -> None:
    """No tick marks, and only the named sides."""
    ax.tick_params(length=0, pad=2)
    ax.tick_params(axis="x", pad=5)
    for side, spine in ax.spines.items():
        spine.set_visible(side in keep)
    for one in (ax.xaxis, ax.yaxis):  # else each measures its tick labels again, to place a label that it does not have
        one.set_label_coords(0, 0)
    ax.set_axisbelow(True)
    ax.patch.set_alpha(0)


def value_axis(ax: Any, side: str, ends: tuple[float, float], unit: str, speech: Wording, most: int = 5) -> None:
    """Limits, ticks and light grid lines of the x or y axis."""
    marks = ticks(*ends, unit, most)
    getattr(ax, f"set_{side}lim")(*ends)
    getattr(ax, f"set_{side}ticks")(marks, tick_words(marks, unit, speech))
    ax.grid(True, axis=side)
    if ends[0] < 0 < ends[1]:
        (ax.axhline if side == "y" else ax.axvline)(0, color=theme.colour("faint"), lw=0.8, zorder=1)


def axis_width(ends: tuple[float, float], unit: str, speech: Wording, most: int = 5) -> float:
    """Room in mm that the tick labels of an upright axis need."""
    texts = tick_words(ticks(*ends, unit, most), unit, speech)
    return max(theme.text_width(text, theme.points("small")) for text in texts) + 2 if texts else 2


@dataclass(frozen=True)
class Moments:
    """A time axis: where each row stands, the few ticks that name it, and whether it counts real days."""

    where: Any
    ticks: list[float]
    texts: list[str]
    real: bool


def moments(sheet: Sheet, column: str) -> Moments:
    """The time axis of a column of days or months; of steps where it holds other words."""
    import numpy as np
    import pandas as pd

    if not sheet.is_time(column):
        names = sheet.names(column)
        order = {name: index for index, name in enumerate(dict.fromkeys(names))}
        shown = list(order)[:: _step(list(order), STEPS)]
        where = np.array([order[name] for name in names], dtype=float)
        return Moments(where, [float(order[name]) for name in shown], shown, False)
    unique = sorted(pd.to_datetime(sheet.frame[column]).dropna().dt.normalize().unique())
    monthly = len(unique) > 1 and all(day.day == 1 for day in unique)
    if not monthly:
        unique = list(pd.date_range(unique[0], unique[-1]))
    longest = [_day(day, monthly, True, sheet.speech) for day in unique]
    kept = unique[:: _step(longest, MONTH_STEPS if monthly else STEPS)]
    years = [None, *(day.year for day in kept)]
    texts = [_day(day, monthly, day.year != year, sheet.speech) for day, year in zip(kept, years, strict=False)]
    return Moments(day_numbers(sheet.frame[column]), list(day_numbers(pd.Series(kept))), texts, True)


def day_numbers(days: Any) -> Any:
    """Days as numbers on an axis."""
    import pandas as pd

    return ((pd.to_datetime(days) - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(dtype=float)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, at least ``gap`` apart and between the ends; in the order given."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [min(max(wanted[i], low), high) for i in order]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    if places and places[-1] > high:
        places[-1] = high
        for i in range(len(places) - 2, -1, -1):
            places[i] = min(places[i], places[i + 1] - gap)
    return [places[order.index(i)] for i in range(len(order))]


def _day(day: Any, monthly: bool, with_year: bool, speech: Wording) -> str:
    key = ("month_tick_year" if with_year else "month_tick") if monthly else "day_tick"
    return speech.word(key).format(year=day.year, month=speech.label("month", day.month), day=day.day)


def _step(texts: list[str], steps: Sequence[int], most: int = 8) -> int:
    """How many moments to go on from tick to tick, so that the texts keep apart."""
    wide = max((theme.text_width(text, theme.points("small")) + 4 for text in texts), default=1)
    count = max(min(most, int(WIDEST_PLOT / wide)), 2)
    return next((step for step in steps if len(texts) / step <= count), len(texts))
