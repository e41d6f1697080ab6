"""What the batch runner speaks to a kernel through."""

from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient

SILENCE = 0.02  # seconds
RETRY = 5  # milliseconds


class Client(AsyncKernelClient):  # type: ignore[misc]
    """A client that does not idle before the first cell.

    A kernel opens its sockets a moment after it has been forked: its parent would try again after 0.1 seconds. Then the parent
    wants to hear the kernel once, and nothing more for 0.2 seconds, so that no message of the start is taken for one of a
    cell; nbclient tells them apart by the request that they answer.
    """

    def _context_default(self) -> Any:
        context = super()._context_default()
        context.setsockopt(zmq.RECONNECT_IVL, RETRY)  # of all its sockets
        return context

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
