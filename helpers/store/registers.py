"""The lists beside the tables: files that were imported or refused, and rows that wait for a correction."""

import pyarrow as pa

TEXT, WHOLE, MOMENT = pa.string(), pa.int64(), pa.timestamp("us")

FILES = pa.schema(
    {
        **dict.fromkeys(("shop", "sha256", "name", "kind", "tables", "definition"), TEXT),
        "stamp": TEXT,  # size and times of the file when it was read, see ingest.folder
        "snapshot": MOMENT,
        "exported": MOMENT,  # the same where the file's name tells it, else empty
        **dict.fromkeys(("status", "reason_zh", "reason_en", "todo_zh", "todo_en"), TEXT),
        **dict.fromkeys(("rows_in", "kept", "replaced", "quarantined"), WHOLE),
        "dropped": TEXT,  # JSON: rows by reason
        "problems": TEXT,  # JSON: list of texts by language
        **dict.fromkeys(("first_day", "last_day"), MOMENT),
    }
)
"""One row per file, by the hash of its content."""

QUARANTINE = pa.schema(
    {
        **dict.fromkeys(("shop", "source", "file", "kind", "sheet"), TEXT),
        "row": WHOLE,  # as a spreadsheet counts, the header included
        **dict.fromkeys(("column", "value", "reason"), TEXT),  # the first fault of the row; reason is a key of messages
        "cells": TEXT,  # JSON: header → cell, of the columns that the definition reads; persons hashed, texts masked
        "key": TEXT,  # JSON: [[table, its key …]] as far as the row tells; once the store holds it, the row is settled
        "snapshot": MOMENT,
    }
)
"""One row per row of a file that could not be read, by file and row; a corrected row leaves the list."""
