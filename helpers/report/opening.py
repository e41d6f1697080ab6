"""Opening a report: parameters checked, and every line of a notebook's cell shown."""

from helpers.errors import ParameterError, nearest
from helpers.report.reach import checked_period
from helpers.report.report import Report
from helpers.store import Store

LANGUAGES = ("zh", "en")


def open_report(period: str, shop: str = "sample", lang: str = "zh") -> Report:
    """The report of a shop's period, its parameters checked.

    Raises
    ------
    ParameterError
        Unknown shop or language, no such period, or a period without any data; names the nearest valid choice.
    """
    if lang not in LANGUAGES:
        raise ParameterError("lang", f"{lang!r} is not a language of the kit", nearest(str(lang), LANGUAGES))
    store = Store.open()
    chosen = checked_period(store, period, shop)
    _show_every_expression()
    return Report(store, chosen, shop, lang)


def _show_every_expression() -> None:
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.ast_node_interactivity = "all"  # a cell shows its chart and its sentence without display() around each
