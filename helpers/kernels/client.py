"""What the batch runner speaks to a kernel through."""

from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient

SILENCE = 0.02  # seconds


class Client(AsyncKernelClient):  # type: ignore[misc]
    """A client that has no long wait for silence before the first cell.

    Its parent wants to hear the kernel once, and then nothing for 0.2 seconds, so that no message of the start is taken for
    one of a cell; nbclient tells them apart by the request that they answer.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """As the parent's, with less silence."""
        channel, patient = self.iopub_channel, self.iopub_channel.get_msg

        async def impatient(timeout: float | None = None) -> Any:
            return await patient(timeout=SILENCE)

        channel.get_msg = impatient
        try:
            await super().wait_for_ready(timeout)
        finally:
            channel.get_msg = patient
