"""One cluster a pytest worker, mended between tests: to start its roles takes most of the time."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.cluster import Cluster, running_cluster
from tests.faults.sizes import FULL
from troth.logs import set_up_logs

_FAILED = pytest.StashKey[bool]()


class Keeper:
    """Keeps the cluster from test to test; one that failed its test is thrown away."""

    def __init__(self, stack: ExitStack, folders: pytest.TempPathFactory) -> None:
        self._stack, self._folders = stack, folders
        self._cluster: Cluster | None = None

    def take(self) -> Cluster:
        if self._cluster is None:
            folder = self._folders.mktemp("cluster")
            self._cluster = self._stack.enter_context(running_cluster(folder))
        self._cluster.recover()
        return self._cluster

    def throw_away(self) -> None:
        self._cluster = None
        self._stack.close()


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    if FULL:  # whose counts are read by people: a loop of this process must not talk between them
        set_up_logs("console", "error")
    with ExitStack() as stack:
        yield Keeper(stack, tmp_path_factory)


@pytest.fixture
def cluster(keeper: Keeper, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    yield keeper.take()
    if request.node.stash.get(_FAILED, True):
        keeper.throw_away()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = not report.passed
    return report
