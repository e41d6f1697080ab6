"""Why a file is not read and what to do instead, in every language of the kit."""

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.errors import FileRefused

Words = dict[str, str]
LANGUAGES = ("zh", "en")


class Refusal(FileRefused):
    """A file that cannot be read safely.

    Parameters
    ----------
    file : str
        Its name.
    reason, todo : mapping of str to str
        What is wrong and what to do, by language (``todo`` is kept as ``advice``).
    status : str
        refused, or unknown where not even its kind can be told.
    """

    def __init__(self, file: str, reason: Words, todo: Words, status: str = "refused") -> None:
        super().__init__(file, reason["en"], todo["en"])
        self.reason, self.advice, self.status = reason, todo, status


def words(entry: Mapping[str, str], **slots: object) -> Words:
    """A message of the formats by language; slots may themselves be texts by language."""
    found = {}
    for lang in LANGUAGES:
        own = {name: slot[lang] if isinstance(slot, Mapping) else slot for name, slot in slots.items()}
        found[lang] = entry[lang].format(**own)
    return found


def cells(formats: Mapping[str, Any], found: Sequence[tuple[int, str]]) -> Words:
    """The first cells of a fault as row and value, and how many more there are."""
    shown, message = formats["shown"], formats["messages"]
    texts = [words(message["row"], row=row, value=repr(value)) for row, value in found[:shown]]
    if len(found) > shown:
        texts.append(words(message["more"], n=len(found) - shown))
    return {lang: ", ".join(text[lang] for text in texts) for lang in LANGUAGES}
