"""Raw exports into the store: recognised by their headers, converted by definition, refused where not to be trusted."""

from helpers.ingest.report import Entry, ImportReport
from helpers.ingest.run import discover, ingest
from helpers.ingest.summary import summary_lines

__all__ = ["Entry", "ImportReport", "discover", "ingest", "summary_lines"]
