"""How a process takes memory: from the system's allocator, and so that what is no longer needed goes back to it."""

import ctypes
import gc
import mmap
import os
from contextlib import suppress
from pathlib import Path

SYSTEM = {"ARROW_DEFAULT_MEMORY_POOL": "system"}  # read when Arrow is imported
MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of mallopt
TRIM_THRESHOLD = -1  # M_TRIM_THRESHOLD
SPARE = 32 << 20  # bytes that stay for the next piece; to take each page of them anew is a twentieth of a page's time
LARGE = 8 << 20  # bytes; by itself this bound rises with what was freed, and then nothing goes back
SELDOM = (50_000, 20, 20)  # new objects between two looks; how many looks until older objects have theirs
LACKING = (OSError, TypeError, AttributeError)  # not every system has such an allocator


def lean() -> None:
    """Let Arrow and all else share one allocator; to be called before Arrow is imported.

    Arrow's own gives each buffer back at once and takes it again, a quarter of the CPU seconds of a large import.
    """
    for name, value in SYSTEM.items():
        os.environ.setdefault(name, value)
    with suppress(*LACKING):
        system = ctypes.CDLL(None)
        system.mallopt(MMAP_THRESHOLD, LARGE)
        system.mallopt(TRIM_THRESHOLD, SPARE)


def seldom() -> None:
    """Look for unreachable cycles less often than Python does by itself: a twentieth of the time of a page goes into it."""
    gc.set_threshold(*SELDOM)


def resident() -> int:
    """Bytes that this process takes now; 0 where the system does not tell."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE
    return 0


def give_back() -> None:
    """Return to the system what was freed between pieces that are still needed."""
    with suppress(*LACKING):
        ctypes.CDLL(None).malloc_trim(0)
