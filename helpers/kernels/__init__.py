"""Kernels forked from a process that has imported everything once: a batch of notebooks starts each in an instant.

``with kernels.warm():`` starts such a process; kernels whose specification names `PROVISIONER` are then forked from it.
Without one, on other systems than Linux, or when it fails, they start like any other kernel: slower, never different.
"""

from helpers.kernels.server import Server, keep_warm, warm

PROVISIONER = "xiaodian-warm"  # as pyproject.toml registers it with jupyter_client

__all__ = ["PROVISIONER", "Server", "keep_warm", "warm"]
