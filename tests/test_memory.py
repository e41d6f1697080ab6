"""How a process takes memory."""

import os
import subprocess
import sys

import pytest

from helpers import memory

ASK = "from helpers import memory; memory.lean(); import pyarrow; print(pyarrow.default_memory_pool().backend_name)"


def test_arrow_takes_its_memory_from_the_system_unless_told_otherwise() -> None:
    around = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    for given, found in (({}, "system"), ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}, "mimalloc")):
        asked = subprocess.run([sys.executable, "-c", ASK], env=around | given, capture_output=True, check=True)
        assert asked.stdout.decode().strip() == found


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only there a process is told so without asking another"
)
def test_what_a_process_takes_is_told() -> None:
    before = memory.resident()
    block = bytearray(b"x" * (64 << 20))
    assert (60 << 20) < memory.resident() - before < (200 << 20)
    assert len(block) == 64 << 20
