"""From notebooks to what a manager holds: parameters checked, notebooks executed, PDFs, book, facts and a manifest."""

import os
import sys

# jsonschema would import it with nbformat and compile 35 grammars (2 s) for a format that no notebook uses
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
# Arrow's own allocator keeps what it has freed: 50 MB here, 100 in a kernel
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
