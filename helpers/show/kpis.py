"""KPI cards: a number, what it is compared with, and whether that is good."""

from html import escape
from typing import Any

from helpers.definitions import metrics
from helpers.definitions.wording import Wording
from helpers.findings import Answer, Gap, Value
from helpers.show import words
from helpers.show.blocks import Display

NOTES = ("change", "change_year_ago", "previous", "year_ago", "target")
MARKS = {"up": "▲ ", "down": "▼ ", "flat": "", "": ""}


def cards(answer: Answer, *names: str) -> Display | None:
    """A row of cards, one for each named value of the finding (default: all of them); None for a gap.

    A card's notes are the values ``<name>.change``, ``.change_year_ago``, ``.previous``, ``.year_ago`` and ``.target`` where
    the finding has them; its arrow is that of the first change. Nothing is computed here: only the finding knows whether
    two periods are alike.
    """
    if isinstance(answer, Gap):
        return None
    speech = words.speech_of(answer.setting)
    chosen = names or tuple(name for name in answer.values if name.rpartition(".")[2] not in NOTES)
    made = [_card(name, answer.values, answer.setting.shop, speech) for name in chosen]
    plain = [
        f"{card['label']} {MARKS[card['trend']]}{card['value']} {' '.join(card['notes'])}".strip() for card in made
    ]
    return Display({"type": "cards", "cards": made}, _html(made), "\n".join(plain))


def _card(name: str, values: Any, shop: str, speech: Wording) -> dict[str, Any]:
    value: Value = values[name]
    metric_id, _, dimension = value.id.partition("/")
    metric = metrics.load(shop)[metric_id]
    group, _, key = dimension.partition("=")
    label = metric.name[speech.lang] + (f" · {speech.label(group, key)}" if dimension else "")
    changes = [values[key] for kind in NOTES[:2] if (key := f"{name}.{kind}") in values]
    notes, trend = [], _trend(changes[0], speech) if changes else ""
    for kind in NOTES:
        beside = values.get(f"{name}.{kind}")
        if beside is not None and beside.value is not None:
            notes.append(words.fill(speech.word(f"card_{kind}"), {"value": beside}, speech, f"card_{kind}"))
    return {
        "label": label,
        "value": words.number(value.value, value.unit, speech),
        "notes": notes,
        "trend": trend,
        "tone": _tone(trend, metric.better),
    }


def _trend(change: Value, speech: Wording) -> str:
    """Direction of the change; flat where it prints as nothing."""
    if change.value is None:
        return ""
    if words.number(change.value, change.unit, speech) == words.number(0.0, change.unit, speech):
        return "flat"
    return "up" if change.value > 0 else "down"


def _tone(trend: str, better: str) -> str:
    if trend not in ("up", "down") or better == "none":
        return "neutral"
    return "good" if trend == better else "bad"


def _html(made: list[dict[str, Any]]) -> str:
    cells = []
    for card in made:
        notes = "".join(f"<br><small>{escape(note)}</small>" for note in card["notes"])
        big = f"<strong>{escape(MARKS[card['trend']] + card['value'])}</strong>"
        cells.append(f'<td class="{card["tone"]}">{escape(card["label"])}<br>{big}{notes}</td>')
    return f'<table class="xiaodian-cards"><tr>{"".join(cells)}</tr></table>'
