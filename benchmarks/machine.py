"""What the benchmarks say of the machine, and of the memory that a process took."""

import os
import platform
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def name() -> str:
    """Processor, cores and Python, in one line."""
    told = Path("/proc/cpuinfo")
    models = [line for line in told.read_text().splitlines() if line.startswith("model name")] if told.exists() else []
    model = models[0].partition(":")[2].strip() if models else platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def peak() -> int:
    """The most memory that this process held, in bytes."""
    if STATUS.exists():  # of this program alone: what `resource` tells includes the parent that started it
        return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmHWM")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
