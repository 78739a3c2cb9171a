"""A cluster of real processes: the same answers as threads, whoever dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo_engine.errors import RunError, StudyError
from geo_engine.run import SilentReporter, executors, run_study, runner
from geo_engine.run.executors import cluster_executor, map_unordered, refuse_cluster, thread_executor, tile_versions
from tests.run.tiny import Tiny

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def processes(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and workers as a user does on a command line; stop what is left at the end."""
    address = f"tcp://127.0.0.1:{free_port()}"

    def start(*command: str) -> subprocess.Popen[bytes]:
        here = os.environ | {"PYTHONPATH": str(Path.cwd())}
        full = [sys.executable, "-m", "dask", *command, "--no-dashboard"]
        return subprocess.Popen(full, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env=here)

    started = [start("scheduler", "--host", address)]
    one = ("--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
    started += [start("worker", address, *one) for _ in range(workers)]
    try:
        yield address, started[1:]
    finally:
        for each in started:
            each.kill()
        for each in started:
            each.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with processes(tmp_path_factory.mktemp("cluster"), 2) as (address, _):
        yield address


class Stranger:
    """Tells other versions on the workers than here: pickled by value of what it says, called here the first time."""

    def __init__(self, theirs: dict[str, str]) -> None:
        self.theirs, self.here = theirs, os.getpid()

    def __call__(self) -> dict[str, str]:
        return self.theirs if os.getpid() != self.here else self.theirs | {"numpy": "2.0"}


class Blind:
    """Sees no folder."""

    def __call__(self, _folder: str, _name: str) -> bool:
        return False


def square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("address", ["", "local", "local:0", "local:x", "host:8786", "http://a:1", "tcp://host", "tcp://a b:1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(RunError, match="is no address of a cluster"):
        refuse_cluster(address)


@pytest.mark.cluster
@pytest.mark.slow
def test_a_cluster_gives_what_threads_give_and_leaves_no_file(cluster: str, tmp_path: Path) -> None:
    shared = tmp_path / "a" / "shared"
    with cluster_executor(cluster, shared) as executor, thread_executor(2) as threads:
        assert executor.workers == 2
        asked = range(40)
        assert dict(map_unordered(executor, square, asked)) == dict(map_unordered(threads, square, asked)) == {n: n * n for n in asked}
        assert [each.name for each in shared.iterdir()] == ["work-0.pickle"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.cluster
@pytest.mark.slow
def test_what_a_worker_raises_is_raised_here(cluster: str, tmp_path: Path) -> None:
    def fails(number: int) -> int:
        msg = f"number {number} will not do"
        raise RunError(msg)

    with cluster_executor(cluster, tmp_path / "shared") as executor, pytest.raises(RunError, match="number 3 will not do"):
        list(map_unordered(executor, fails, [3]))


@pytest.mark.cluster
@pytest.mark.slow
def test_a_changed_answer_is_noticed(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path)[:-1] if path.name.startswith("answer") else read(path))
    with cluster_executor(cluster, tmp_path / "shared") as executor, pytest.raises(RunError, match="is not what the worker wrote"):
        executor.submit(square, 3).result()


@pytest.mark.cluster
@pytest.mark.slow
def test_the_work_of_a_worker_that_is_killed_is_done_by_another(tmp_path: Path) -> None:
    def slowly(number: int) -> int:
        time.sleep(0.05)
        return number * number

    with processes(tmp_path, 3) as (address, workers), cluster_executor(address, tmp_path / "shared") as executor:
        while executor.workers < 3:
            time.sleep(0.05)
        found = {}
        for item, answer in map_unordered(executor, slowly, range(60), ahead=12):
            found[item] = answer
            if len(found) == 10:
                workers[0].send_signal(signal.SIGKILL)
        assert found == {number: number * number for number in range(60)}
        assert executor.workers == 2


@pytest.mark.cluster
@pytest.mark.slow
def test_a_worker_with_other_versions_is_refused(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "tile_versions", Stranger(tile_versions() | {"numpy": "1.0"}))
    said = pytest.raises(RunError, match=r"worker tcp://.* has other versions.*Found: .*numpy 1.0")
    with said, cluster_executor(cluster, tmp_path / "s"):
        pass


@pytest.mark.cluster
@pytest.mark.slow
def test_a_worker_that_does_not_see_the_folder_is_refused(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_sees", Blind())
    with pytest.raises(RunError, match=r"worker tcp://.* does not see "), cluster_executor(cluster, tmp_path / "s"):
        pass


def test_where_no_scheduler_answers_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_PATIENCE", 1)
    with (
        pytest.raises(RunError, match="no scheduler with a worker answers within 1 s"),
        cluster_executor(f"tcp://127.0.0.1:{free_port()}", tmp_path / "s"),
    ):
        pass
    assert not (tmp_path / "s").exists()


class Killing(SilentReporter):
    """Kills a worker once some tiles are done."""

    def __init__(self, worker: subprocess.Popen[bytes], after: int) -> None:
        super().__init__()
        self.worker, self.after, self.killed = worker, after, 0

    def advance(self, done: int, total: int) -> None:
        if done == self.after < total:
            self.worker.send_signal(signal.SIGKILL)
            self.killed = done


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "timings.json"}


@pytest.mark.cluster
@pytest.mark.slow
def test_a_run_on_a_cluster_whose_worker_is_killed_leaves_the_same_bytes(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = outputs(tiny.run().folder)
    monkeypatch.setattr(runner, "TILE_SIDE", 8)  # 56 tiles, so that there is a middle
    with processes(tmp_path, 3) as (address, workers):
        reporter = Killing(workers[1], after=5)
        outcome = run_study(tiny.study(), workers=2, reporter=reporter, dask=address)
        workers[1].wait(timeout=30)
        assert [each.poll() for each in (workers[0], workers[2])] == [None, None]
    assert reporter.killed == 5
    assert outputs(outcome.folder) == straight
    assert not list(outcome.folder.parent.glob(".*.work-*"))


@pytest.mark.cluster
@pytest.mark.slow
def test_a_cluster_of_this_machine_is_started_and_ended_with_the_run(tiny: Tiny) -> None:
    straight = outputs(tiny.run().folder)
    outcome = run_study(tiny.study(), workers=2, dask="local:2")
    assert outputs(outcome.folder) == straight
    assert not list(outcome.folder.parent.glob(".*.work-*"))


def test_what_is_wrong_with_a_study_is_said_while_a_cluster_is_still_starting(tiny: Tiny) -> None:
    with pytest.raises(StudyError, match="nowhere"):
        run_study(tiny.study(), region="nowhere", dask="local:1")


def test_a_cluster_is_not_profiled(tiny: Tiny) -> None:
    with pytest.raises(RunError, match="Leave out --dask"):
        run_study(tiny.study(), dask="local:2", profile=True)
