"""From notebooks to what a manager holds: parameters checked, notebooks executed, PDFs, book, facts and a manifest."""

import sys

# jsonschema would import it with nbformat and compile 35 grammars (2 s) for a format that no notebook uses
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
