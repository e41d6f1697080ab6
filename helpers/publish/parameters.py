"""Everything about a run that can be wrong, checked before anything runs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.definitions import shop as shops
from helpers.definitions import wording
from helpers.errors import ParameterError, nearest
from helpers.publish import cells

LANGUAGES = ("zh", "en")
FORMATS = ("pdf", "html", "xlsx")


@dataclass(frozen=True)
class Plan:
    """One run whose parameters have been checked.

    Parameters
    ----------
    shop, period, lang : str
        As the notebooks get them.
    notebooks : tuple of Path
        What to run, in order.
    whole : bool
        Whether that is every notebook.
    to : tuple of str
        pdf, html, xlsx.
    """

    shop: str
    period: str
    lang: str
    notebooks: tuple[Path, ...]
    whole: bool
    to: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, str]:
        """What each notebook is given."""
        return {"period": self.period, "shop": self.shop, "lang": self.lang}


def plan(
    shop: str, period: str | None, lang: str, only: Sequence[str] | None = None, to: Sequence[str] = ("pdf",)
) -> Plan:
    """The run, once nothing about it can be wrong any more.

    Parameters
    ----------
    shop, lang : str
        Shop folder and language.
    period : str or None
        Text of a period; None for the last month that the shop's data cover to its end.
    only : sequence of str, optional
        Notebooks by number or name: 02, 2, 02_sales_recap, sales_recap.
    to : sequence of str
        Formats.

    Raises
    ------
    ParameterError
        Anything is unknown, of the wrong form, or without data; names the nearest valid choice.
    DefinitionError
        The words of the report or the settings of the shop cannot be read.
    """
    _one_of("lang", lang, LANGUAGES)
    for form in to:
        _one_of("to", form, FORMATS)
    every = notebooks()
    chosen = _chosen(every, only) if only else every
    made = Plan(shop, _period(shop, period), lang, tuple(chosen), len(chosen) == len(every), tuple(to))
    for path in chosen:
        check(path, made.parameters)
    wording.load(lang, shop)
    shops.load(shop)
    return made


def notebooks(folder: str = "") -> list[Path]:
    """The notebooks of the kit, or of another folder, in order.

    Raises
    ------
    ParameterError
        There are none.
    """
    found = sorted(path for path in Path(folder or paths.NOTEBOOKS).glob("*.ipynb") if re.match(r"\d\d_", path.name))
    if not found:
        raise ParameterError(
            folder or str(paths.NOTEBOOKS), "no notebooks named NN_….ipynb", "install the kit with its notebooks"
        )
    return found


def check(notebook: Path, given: Mapping[str, Any]) -> None:
    """Pass when the notebook declares every given parameter with the type of its value.

    Raises
    ------
    ParameterError
        It does not, or it is no notebook that can be read.
    """
    declared = _declared(notebook)
    for name, value in given.items():
        if name not in declared:
            todo = nearest(name, list(declared))
            raise ParameterError(notebook.name, f"its parameters cell has no {name!r}", todo)
        if declared[name] not in {type(value).__name__, ""}:
            raise ParameterError(notebook.name, f"{name} is {value!r}, not {declared[name]}", "give it that type")


def _declared(notebook: Path) -> dict[str, str]:
    import nbformat

    try:
        return cells.declared(nbformat.read(notebook, as_version=4))
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, OSError) as error:
        raise ParameterError(notebook.name, f"cannot be read: {error}", "restore the notebook") from None


def _period(shop: str, period: str | None) -> str:
    from helpers.report import checked_period, last_complete_month
    from helpers.store import Store

    store = Store.open()
    if period is None:
        known = store.shops()
        if shop not in known:
            return str(checked_period(store, "2000", shop))  # raises: the shop comes first
        return str(last_complete_month(store, shop))
    return str(checked_period(store, period, shop))


def _chosen(every: Sequence[Path], only: Sequence[str]) -> list[Path]:
    keys = {path.stem: path for path in every}
    for path in every:
        number, _, name = path.stem.partition("_")
        keys |= {number: path, str(int(number)): path, name: path}
    for word in only:
        if word not in keys:
            raise ParameterError("only", f"no notebook {word!r}", nearest(word, [path.stem for path in every]))
    wanted = {keys[word] for word in only}
    return [path for path in every if path in wanted]


def _one_of(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise ParameterError(name, f"{value!r} is not possible", nearest(value, choices))
