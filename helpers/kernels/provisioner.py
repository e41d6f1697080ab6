"""How Jupyter gets a forked kernel: the life cycle of a local one, the process from the server."""

import asyncio
import os
import signal
import subprocess
import time
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from helpers.kernels import server

PAUSE = 0.01  # seconds
SOON = 0.5


class Forked:
    """A forked kernel as far as the provisioner looks at a process."""

    stdin = stdout = stderr = None

    def __init__(self, asked: server.Server, **request: Any) -> None:
        self._server = asked
        self.returncode: int | None = None
        self.pid: int = asked.ask(do="fork", **request)["pid"]

    def poll(self) -> int | None:
        """Its exit code once it has ended; that of a kill when the server has ended, for then it has too."""
        if self.returncode is None:
            try:
                self.returncode = self._server.ask(do="poll", pid=self.pid)["code"]
            except (OSError, ValueError):
                self.returncode = -signal.SIGKILL if self._server.ended() else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended."""
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(PAUSE)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Forks a kernel where a server runs, else starts one as usual."""

    async def launch_kernel(self, cmd: list[str], **given: Any) -> Any:
        """Connection of the new kernel."""
        asked = server.current()
        if asked is None:
            return await super().launch_kernel(cmd, **given)
        request = {
            "arguments": cmd[cmd.index("-f") :],
            "environment": dict(given.get("env") or os.environ),
            "folder": str(given.get("cwd") or os.getcwd()),  # noqa: PTH109
        }
        try:
            self.process = await asyncio.to_thread(Forked, asked, **request)
        except (OSError, ValueError):  # slower, but never different
            return await super().launch_kernel(cmd, **given)
        self.pid = self.pgid = self.process.pid
        self.cwd = request["folder"]
        return self.connection_info

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Look often at first: the manager itself looks every tenth of a second, and a forked kernel ends sooner."""
        until = time.monotonic() + SOON
        while isinstance(self.process, Forked) and self.process.poll() is None and time.monotonic() < until:
            await asyncio.sleep(PAUSE)

    async def wait(self) -> int | None:
        """Exit code of the kernel, once it has ended; asked often, as a forked one ends in an instant."""
        if not isinstance(self.process, Forked):
            code: int | None = await super().wait()
            return code
        while self.process.poll() is None:
            await asyncio.sleep(PAUSE)
        code = self.process.returncode
        self.process = None  # type: ignore[assignment]
        return code
