"""One family of errors: where it happened, what came, what to do."""

from collections.abc import Sequence
from difflib import get_close_matches

SHOWN = 10


class XiaodianError(Exception):
    """Something the user can put right; prints as one clear line, never as a traceback.

    Parameters
    ----------
    where : str
        File, row, column or parameter.
    what : str
        What came and what was expected.
    todo : str
        What to do about it.
    """

    def __init__(self, where: str, what: str, todo: str = "") -> None:
        self.where, self.what, self.todo = where, what, todo
        super().__init__(f"{where}: {what}" + (f" → {todo}" if todo else ""))

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # IPython's hook: a notebook shows the line and no frames


class ParameterError(XiaodianError):
    """A parameter of a run is unknown, of the wrong type, or asks for what is not there."""


class DefinitionError(XiaodianError):
    """A file of the definitions cannot be used."""


class FileRefused(XiaodianError):
    """An export cannot be read safely."""


def nearest(word: str, choices: Sequence[str]) -> str:
    """The choice that looks most like the word, as "did you mean …?"; all choices when none does."""
    close = get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(choices) or 'none'}"


def listed(problems: Sequence[str]) -> str:
    """The first ten problems, one a line, and how many more there are."""
    rest = len(problems) - SHOWN
    return "\n".join([*problems[:SHOWN], *([f"… and {rest} more"] if rest > 0 else [])])
