"""Moments, days and durations out of cells, in the forms that back offices and spreadsheets print."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from helpers.ingest.amounts import LONGEST, Fault, factor, narrow, number

UNIX = "unix"  # the format of times that count seconds or milliseconds since 1970
COUNTED = re.compile(r"[12]\d{9}(\d{3})?", re.ASCII)
SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
EIGHT = re.compile(r"\d{8}", re.ASCII)
CLOCK = re.compile(r"(?:(\d+):([0-5]?\d)|(\d+)):([0-5]?\d(?:\.\d+)?)", re.ASCII)
EXCEL_FIRST = datetime(1899, 12, 30)


def moment(text: str, given: tuple[str, ...], formats: Mapping[str, Any]) -> datetime:
    """A naive time of the shop's clock: in a given format, else year first, as eight digits, or as Excel counts days.

    A time that names its zone is converted to the shop's.

    Raises
    ------
    Fault
        It is none of these, no day of the calendar, a range of days, or a count of seconds that no format announces.
    """
    bare = narrow(text).strip()
    found = _given(bare, given, formats) if given else _plain(bare, formats)
    first, last = formats["years"]
    if found is None or not first <= found.year < last:
        raise Fault(text, _reason(bare, formats) if found is None else "unreadable")
    return found


def _plain(bare: str, formats: Mapping[str, Any]) -> datetime | None:
    if len(bare) > LONGEST:
        return None
    try:
        if found := re.fullmatch(formats["time"], bare, re.ASCII):
            *parts, zone = found.groups()
            time = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]
            return _local(datetime.fromisoformat(f"{time.isoformat()}{zone}"), formats) if zone else time
        if EIGHT.fullmatch(bare):
            return datetime(int(bare[:4]), int(bare[4:6]), int(bare[6:]))
    except ValueError:  # no such day or hour
        return None
    first, last = formats["excel_days"]
    if SERIAL.fullmatch(bare) and first < Decimal(bare) < last:
        return EXCEL_FIRST + timedelta(seconds=int((Decimal(bare) * 86400).to_integral_value()))
    return None


def _given(bare: str, forms: tuple[str, ...], formats: Mapping[str, Any]) -> datetime | None:
    for form in forms:
        if form == UNIX and COUNTED.fullmatch(bare):
            time = datetime.fromtimestamp(int(bare[:10]), ZoneInfo(formats["zone"])).replace(tzinfo=None)
            return time + timedelta(milliseconds=int(bare[10:] or 0))
        try:
            found = datetime.strptime(bare, form)
        except ValueError:
            continue
        return _local(found, formats) if found.tzinfo else found
    return None


def _local(time: datetime, formats: Mapping[str, Any]) -> datetime:
    return time.astimezone(ZoneInfo(formats["zone"])).replace(tzinfo=None)


def _reason(bare: str, formats: Mapping[str, Any]) -> str:
    if COUNTED.fullmatch(bare):
        return "looks_unix"
    return "date_range" if re.fullmatch(formats["date_range"], bare, re.ASCII) else "unreadable"


def seconds(text: str, unit: str, formats: Mapping[str, Any]) -> float:
    """Seconds out of ``1分钟6秒``, ``66秒``, ``0:01:06``, ``1:06`` or a bare number in the unit (seconds, where none is given).

    Raises
    ------
    Fault
        It is no duration, or a bare number below 1 without a unit: it may be a fraction of a day.
    """
    bare = "".join(narrow(text).split())
    if len(bare) > LONGEST:
        raise Fault(text)
    scale, words = factor(unit, "seconds", formats), formats["durations"]
    if clock := CLOCK.fullmatch(bare):
        if clock[3] and scale > 60:  # 8:30 under hours
            raise Fault(text)
        return float(int(clock[1] or 0) * 3600 + int(clock[2] or clock[3]) * 60 + Decimal(clock[4]))
    word = "|".join(sorted(words, key=len, reverse=True))
    if re.fullmatch(rf"(\d+(\.\d+)?({word}))+", bare, re.ASCII):
        return float(sum(Decimal(value) * words[word] for value, word in re.findall(rf"(\d+(?:\.\d+)?)({word})", bare)))
    value = number(bare, formats, "seconds")
    if value < 0:
        raise Fault(text)
    if not unit and 0 < value < 1:
        raise Fault(text, "no_unit")
    return float(value * scale)
