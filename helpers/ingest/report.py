"""What an import did, file by file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from helpers.ingest.refusal import Words

STATUSES = ("read", "same", "refused", "unknown", "ignored")
NOTED = ("read", "refused", "unknown")  # those that the list of files holds


@dataclass
class Entry:
    """What became of one file.

    Parameters
    ----------
    file : str
        Its name.
    status : str
        read, same (already in the store), refused, unknown (no kind of export fits), ignored (no file of data).
    sha256 : str
        Hash of its content.
    stamp : str
        By which the file is known again without reading it; empty where it was too young for that.
    kinds : tuple of str
        Codes of the kinds of export that it holds.
    reason, todo : mapping of str to str
        Why it was not read and what to do or download instead, by language.
    rows_in : int
        Rows under the header; always kept + replaced + quarantined + all dropped.
    kept, replaced, quarantined : int
        Rows that the store now holds; rows of which it has a newer state; rows that were set aside.
    waiting : int
        Of the rows set aside, those that have not come back corrected or newer.
    dropped : mapping of str to int
        Rows left out, by the reason that the definition gives.
    problems : list of mapping of str to str
        Values that were left empty, by language.
    tables : tuple of str
        Tables that it fed.
    definition : str
        Hash of the definitions it was read by.
    snapshot, exported : datetime or None
        When it was exported, as far as its rows tell; the same where its name tells the hour.
    first_day, last_day : date or None
        First and last booked day of its rows.
    """

    file: str
    status: str
    sha256: str = ""
    stamp: str = ""
    kinds: tuple[str, ...] = ()
    reason: Words = field(default_factory=dict)
    todo: Words = field(default_factory=dict)
    rows_in: int = 0
    kept: int = 0
    replaced: int = 0
    quarantined: int = 0
    waiting: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    problems: list[Words] = field(default_factory=list)
    tables: tuple[str, ...] = ()
    definition: str = ""
    snapshot: datetime | None = None
    exported: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass
class ImportReport:
    """One entry per file, in the order in which they were given."""

    shop: str
    entries: list[Entry]

    def with_status(self, status: str) -> list[Entry]:
        """The entries of that status."""
        return [entry for entry in self.entries if entry.status == status]
