"""One stack for a whole session of tests that share it: starting it is the slow part."""

from collections.abc import Iterator

import pytest

from tests.support.whole_stack import WholeStack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    with running_stack(tmp_path_factory.mktemp("a stack") / "home") as running:
        yield running
