"""How a process takes memory: from the system's allocator, and so that what is no longer needed goes back to it."""

import ctypes
import os
from contextlib import suppress

SYSTEM = {"ARROW_DEFAULT_MEMORY_POOL": "system"}  # read when Arrow is imported
MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of mallopt
LARGE = 8 << 20  # bytes; by itself this bound rises with what was freed, and then nothing goes back
LACKING = (OSError, TypeError, AttributeError)  # not every system has such an allocator


def lean() -> None:
    """Let Arrow and all else share one allocator; to be called before Arrow is imported.

    Arrow's own gives each buffer back at once and takes it again, a quarter of the CPU seconds of a large import.
    """
    for name, value in SYSTEM.items():
        os.environ.setdefault(name, value)
    with suppress(*LACKING):
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Return to the system what was freed between pieces that are still needed."""
    with suppress(*LACKING):
        ctypes.CDLL(None).malloc_trim(0)
