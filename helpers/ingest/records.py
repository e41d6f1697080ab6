"""Dumps of an interface (JSON, JSON lines): inner objects become dotted headers, the objects of one inner list rows.

A record is an object of the list that a dump wraps (``{"data": {"shop_order_list": [{…}, {…}]}}``), of a bare list, or
of a line. ``{"post_addr": {"city": …}}`` has the header ``post_addr.city``. A list of objects within a record
(``sku_order_list``) can be spread over rows, with the fields of the record repeated and its own as
``sku_order_list.product_id``. The file gives one sheet without that and one for each such list; the definition whose
headers fit best takes one of them. All figures stay as they are written.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from helpers.ingest import decoding
from helpers.ingest.limits import refused
from helpers.ingest.pages import Sheet, of_rows

Record = Mapping[str, Any]
Chain = tuple[str, ...]
CHAINS = 50
DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def sheets(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[Sheet]:
    """The records as they are, and once more per list within them.

    Raises
    ------
    Refusal
        It is no valid JSON, was cut off, or is too large.
    """
    limits = formats["limits"]
    if len(data) > limits["records"]:
        slots = {"size": len(data) // 10**6, "limit": limits["records"] // 10**6}
        raise refused(path, formats, "too_large", "split", **slots)
    plain, start = decoding.utf8(path, data, formats)
    values = list(_values(path, plain[start:].decode(), formats))
    found = [record for value in values for record in _unwrapped(value, formats["wraps"])]
    sets = [found]
    if len(values) == 1 and found == values:  # one object: a record, or a page that holds them
        sets += [entry for entry in found[0].values() if _objects(entry)]
    return [sheet for records in sets if records for sheet in _sheets(path, records, formats)]


def _values(path: Path, text: str, formats: Mapping[str, Any]) -> Iterator[Any]:
    at, end = 0, len(text.rstrip())
    try:
        while at < end:
            if text[at].isspace():
                at += 1
                continue
            value, at = DECODER.raw_decode(text, at)
            yield value
    except json.JSONDecodeError as error:
        row = _torn(text) or text.count("\n", 0, error.pos) + 1
        cut = error.pos >= end or error.msg.startswith("Unterminated")
        raise refused(path, formats, "cut_off" if cut else "no_json", row=row) from None
    except RecursionError:
        raise refused(path, formats, "no_json", row=text.count("\n", 0, at) + 1) from None


def _torn(text: str) -> int:
    """The first line that is no value, in a file that has one per line; 0 where it is not written so."""
    for number, line in enumerate(text.split("\n"), 1):
        try:
            DECODER.decode(line or "0")
        except (ValueError, RecursionError):
            return number if number > 1 else 0
    return 0


def _unwrapped(value: Any, wraps: Sequence[str]) -> list[Any]:
    """The records of a value, taken out of what an interface puts around them."""
    if isinstance(value, list):
        return [record for entry in value if isinstance(entry, dict) for record in _unwrapped(entry, wraps)]
    if not isinstance(value, dict):
        return []
    inner = next((value[word] for word in wraps if isinstance(value.get(word), dict | list)), None)
    if not isinstance(inner, dict):
        return [value] if inner is None else _unwrapped(inner, wraps)
    lists = [entry for entry in inner.values() if _objects(entry)]
    if lists:
        return max(lists, key=len)
    alone = [entry for entry in inner.values() if isinstance(entry, dict)]
    return alone if len(alone) == len(inner) == 1 else [] if _empty(inner) else [inner]


def _objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(entry, dict) for entry in value)


def _empty(page: Record) -> bool:
    return any(value == [] for value in page.values())


def _sheets(path: Path, records: Sequence[Record], formats: Mapping[str, Any]) -> Iterator[Sheet]:
    chains = list(dict.fromkeys([(), *(chain for record in records for chain in _chains(record, "", ()))]))
    for chain in chains[:CHAINS]:
        spread = partial(_spread_all, records, chain)
        headers = list(dict.fromkeys(name for row in spread() for name in row))
        if len(headers) > formats["limits"]["columns"]:
            raise refused(path, formats, "too_wide", n=len(headers), limit=formats["limits"]["columns"])
        yield of_rows("", partial(_table, headers, spread), "records", 1, one_of=True)


def _table(headers: Sequence[str], spread: Callable[[], Iterator[Record]]) -> Iterator[Sequence[str]]:
    yield headers
    for row in spread():
        yield [row.get(name, "") for name in headers]


def _chains(record: Record, prefix: str, above: Chain) -> Iterator[Chain]:
    """The lists of objects within a record, each with those that it lies in."""
    for name, value in _fields(record, prefix):
        if _objects(value):
            yield (*above, name)
            for entry in value:
                if isinstance(entry, dict):
                    yield from _chains(entry, f"{name}.", (*above, name))


def _spread_all(records: Sequence[Record], chain: Chain) -> Iterator[dict[str, str]]:
    return (row for record in records for row in _spread(record, "", chain))


def _spread(record: Record, prefix: str, chain: Chain) -> Iterator[dict[str, str]]:
    fields = dict(_fields(record, prefix))
    flat = {name: _cell(value) for name, value in fields.items() if not _objects(value)}
    if not chain:
        yield flat
        return
    inner = fields.get(chain[0])
    for entry in inner if isinstance(inner, list) and inner else [{}]:
        if isinstance(entry, dict):
            for row in _spread(entry, f"{chain[0]}.", chain[1:]):
                yield flat | row


def _fields(record: Record, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{prefix}{name}.")
        elif value != []:
            yield f"{prefix}{name}", value


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_cell, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
