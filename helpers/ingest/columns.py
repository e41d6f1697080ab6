"""One column of a table out of its cells: the common shapes all at once, every other cell word by word as `values` reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.mapping import Column
from helpers.definitions.tables import MOMENT, REAL, WHOLE, pandas_type
from helpers.ingest import shapes, values

MANY = (
    1 << 18
)  # cells of several columns that are read together: a step costs as much for ten cells as for ten thousand
SAMPLE = 2000  # cells by which a column is taken for one of few words or of many


def read(kind: str, column: Column, texts: Any, formats: Mapping[str, Any], shop: str) -> tuple[Any, Any, Any]:
    """The column as an array of the type's dtype, and per cell whether it cannot be read and whether it was rounded.

    ``texts`` is a Series of str; a missing cell stays missing. What cannot be read is missing in the array; rounded are
    numbers such as 1.2万.
    """
    return _read(kind, column, arrow(texts), formats, shop)


def read_alike(
    kind: str, column: Column, texts: Sequence[Any], formats: Mapping[str, Any], shop: str
) -> list[tuple[Any, Any, Any]]:
    """As `read`, for equally long columns that are read in the same way, short ones together."""
    size, found = len(texts[0]), []
    for some in bunches(texts, size):
        parts = _read(kind, column, joined(some), formats, shop)
        found += [tuple(part[at * size : (at + 1) * size] for part in parts) for at in range(len(some))]
    return found


def joined(columns: Sequence[Any]) -> Any:
    """The cells of several columns one after the other."""
    cells = [arrow(column) for column in columns]
    return pa.concat_arrays(cells) if len(cells) > 1 else cells[0]


def bunches(columns: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """Columns of this many cells put together by as many as are looked at at once."""
    step = max(1, MANY // max(1, size))
    return [columns[at : at + step] for at in range(0, len(columns), step)]


def _read(kind: str, column: Column, texts: Any, formats: Mapping[str, Any], shop: str) -> tuple[Any, Any, Any]:
    cells, places = distinct(texts)
    found, bad, rounded = _words(kind, column, cells, formats, shop)
    if places is None:
        return _pandas(kind, found), bad, rounded
    return _pandas(kind, found.take(places)), spread(bad, places), spread(rounded, places)


def distinct(cells: Any) -> tuple[Any, Any]:
    """The different cells and per cell the place of its own among them; where most differ, the cells themselves and None."""
    head = cells[:SAMPLE]
    different = pc.count_distinct(head).as_py()
    if different > len(head) // 2:
        return cells, None
    if different == 1 and pc.all(pc.equal(cells, head[0]), skip_nulls=False).as_py():
        return head[:1], pa.array(np.zeros(len(cells), dtype=np.int32))
    encoded = cells.dictionary_encode()
    return encoded.dictionary, encoded.indices


def spread(answers: Any, places: Any) -> Any:
    """Yes or no per cell out of the answers for the different cells; no for a missing one."""
    if not answers.any():
        return np.zeros(len(places), dtype=bool)
    return np.append(answers, False)[places.fill_null(-1).to_numpy()]


def _words(kind: str, column: Column, cells: Any, formats: Mapping[str, Any], shop: str) -> tuple[Any, Any, Any]:
    """The cells read as an Arrow array, with what cannot be read and what was rounded."""
    found = shapes.quick(kind, column, cells, formats)
    rest = pc.and_(cells.is_valid(), found.is_null())
    at = rest.to_numpy(zero_copy_only=False)
    bad, rounded = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    if not at.any():
        return found, bad, rounded
    encoded = cells.filter(rest).dictionary_encode()
    slow, bad_words, coarse_words = _one_by_one(kind, column, encoded.dictionary.to_pylist(), formats, shop)
    codes = encoded.indices.to_numpy()
    bad[at], rounded[at] = bad_words[codes], coarse_words[codes]
    return pc.replace_with_mask(found, rest, slow.take(encoded.indices)), bad, rounded


def _one_by_one(
    kind: str, column: Column, words: Sequence[str], formats: Mapping[str, Any], shop: str
) -> tuple[Any, Any, Any]:
    parse, found = values.parser(kind, column, formats, shop), []
    bad, rounded = np.zeros(len(words), dtype=bool), np.zeros(len(words), dtype=bool)
    for at, word in enumerate(words):
        try:
            found.append(parse(word))
        except (ValueError, ArithmeticError):
            found.append(None)
            bad[at] = True
        rounded[at] = found[-1] is not None and values.coarse(word, column, kind, formats)
    return pa.array(found, shapes.type_of(kind)), bad, rounded


def cause(kind: str, column: Column, text: str, formats: Mapping[str, Any], shop: str) -> str:
    """Why a cell cannot be read: a key of ``[faults]`` in formats.toml; empty where it can."""
    try:
        values.parser(kind, column, formats, shop)(text)
    except values.Fault as fault:
        return fault.reason
    except (ValueError, ArithmeticError):
        return "unreadable"
    return ""


def silence(texts: Any, null: frozenset[str]) -> Any:
    """Per cell whether it is missing or one of the words for nothing."""
    cells, places = distinct(arrow(texts).fill_null(""))
    short = pc.less_equal(pc.utf8_length(pc.utf8_trim_whitespace(cells)), values.WORD)
    bare = pc.ascii_trim(cells, shapes.SPACE)
    plain = pc.ascii_is_printable(bare)
    said = pc.is_in(pc.ascii_lower(pc.replace_substring(bare, " ", "")), shapes.known(null))
    found = pc.and_(pc.and_(plain, short), said).to_numpy(zero_copy_only=False).copy()
    rest = pc.and_not(short, plain)
    encoded = cells.filter(rest).dictionary_encode()
    words = np.array([values.says_nothing(word, null) for word in encoded.dictionary.to_pylist()], dtype=bool)
    found[rest.to_numpy(zero_copy_only=False)] = words[encoded.indices.to_numpy()]
    return found if places is None else spread(found, places)


def pending(texts: Any, formats: Mapping[str, Any]) -> Any:
    """Per cell whether it says that it will be filled a day later: the day of the export was not yet whole."""
    cells = arrow(texts)
    if all_ascii(cells):
        return np.zeros(len(cells), dtype=bool)
    return silence(cells.fill_null("-"), frozenset(map(values.header, formats["pending"])))


def all_ascii(cells: Any) -> bool:
    """Whether all cells hold ASCII alone."""
    if not len(cells) or cells.buffers()[2] is None:
        return True
    ends = np.frombuffer(cells.buffers()[1], dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    signs = np.frombuffer(cells.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]]
    return bool(signs.max(initial=0) < 128)


def arrow(texts: Any) -> Any:
    """A column of text as one Arrow array."""
    found = texts if isinstance(texts, pa.Array) else pa.array(getattr(texts, "array", texts), from_pandas=True)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return found.cast(pa.large_string())


def solid(frame: Any) -> None:
    """Put each column of text into one piece, in place and one after the other: it is read several times."""
    for name in frame.columns:
        frame[name] = pd.array(arrow(frame[name]), "str")


def _pandas(kind: str, found: Any) -> Any:
    if kind in WHOLE:
        return pd.Int64Dtype().__from_arrow__(found)
    if kind == "flag":
        return pd.BooleanDtype().__from_arrow__(found)
    if kind in REAL or kind in MOMENT:
        return pd.array(found.to_numpy(zero_copy_only=False), dtype=pandas_type(kind))
    return pd.array(found, dtype="str")
