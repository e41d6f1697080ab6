"""One process that forks kernels, started once for all tests of this room."""

from collections.abc import Iterator

import pytest

from helpers import kernels
from helpers.kernels import server
from helpers.publish import execute


@pytest.fixture(scope="session")
def forks() -> Iterator[server.Server]:
    """The server; no test sees it that does not ask for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)
        patch.setenv("SERVER_MARK", "of the server")
        with kernels.warm(execute.STEADY):
            patch.undo()
            one = server._current.pop()
            try:
                yield one
            finally:
                server._current.append(one)


@pytest.fixture
def warm(forks: server.Server, monkeypatch: pytest.MonkeyPatch) -> server.Server:
    """Kernels of this test are forked from the server."""
    monkeypatch.setattr(server, "_current", [forks])
    return forks
