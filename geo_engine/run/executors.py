"""Who does the tiles: anything with the interface of `concurrent.futures.Executor`. The only module that knows of Dask."""

from __future__ import annotations

import logging
import os
import pickle
import platform
import re
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, Self, TypeVar
from zlib import crc32

from geo_engine.errors import Fault, RunError

__all__ = [
    "ClusterExecutor",
    "StartingCluster",
    "cluster_executor",
    "default_workers",
    "map_unordered",
    "refuse_cluster",
    "thread_executor",
    "tile_versions",
]

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_LOCAL = re.compile(r"local:([1-9]\d{0,3})")
_REMOTE = re.compile(r"(tcp|tls)://\S+:\d+")
_PATIENCE = 30  # seconds until a scheduler answers and has a worker
_KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(2**28), "MALLOC_MMAP_THRESHOLD_": str(2**25)}
"""Dask has workers give back every freed page at once, and a tile that gets its arrays anew each time takes twice as long."""
_SAME = ("geo-engine", "numpy", "numba", "pyproj", "shapely")  # what the bytes of a tile depend on


class _Remote(Protocol):
    """What is used of a future of Dask's."""

    def result(self) -> tuple[str, int]: ...
    def cancel(self) -> None: ...
    def add_done_callback(self, call: Callable[[_Remote], None], /) -> None: ...


class _Client(Protocol):
    """What is used of a client of Dask's."""

    def submit(self, work: Callable[..., object], /, *args: object, pure: bool, workers: list[str] | None = None) -> _Remote: ...
    def run(self, work: Callable[..., Answer], /, *args: object, wait: bool = True) -> dict[str, Answer]: ...
    def wait_for_workers(self, count: int, /, timeout: float) -> None: ...
    def nthreads(self) -> dict[str, int]: ...


def default_workers() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def thread_executor(workers: int | None = None) -> Executor:
    """Make an executor of threads: kernels release the interpreter's lock."""
    return ThreadPoolExecutor(workers or default_workers(), thread_name_prefix="tile")


def map_unordered(
    executor: Executor, work: Callable[[Item], Answer], items: Iterable[Item], *, ahead: int = 8
) -> Iterator[tuple[Item, Answer]]:
    """Yield (item, answer) as answers come, with at most `ahead` items under way, so that memory stays bounded.

    The first error is raised here, and what has not begun is cancelled.
    """
    under_way = {}
    source = iter(items)
    try:
        for item in source:
            under_way[executor.submit(work, item)] = item
            if len(under_way) >= ahead:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    yield under_way.pop(future), future.result()
        while under_way:
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                yield under_way.pop(future), future.result()
    finally:
        for future in under_way:
            future.cancel()


class ClusterExecutor(Executor):
    """An executor whose work is done by the workers of a Dask cluster, by way of a folder that they share with this process.

    What is to be done is pickled into the folder once, however many items it is done for; each answer is a file there too, with
    its checksum, and is deleted once read. So the scheduler hands on names of files and holds no raster. A worker that dies is replaced by
    another one that does its items again; work must therefore be pure.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    folder : Path
        Of this executor's own, seen under this name by every worker.
    """

    def __init__(self, client: _Client, folder: Path) -> None:
        self._client, self._folder = client, folder
        self._stored: dict[int, tuple[Callable[..., object], str]] = {}
        self._lock = threading.Lock()

    @property
    def workers(self) -> int:
        """Threads that the cluster has now."""
        return max(1, sum(self._client.nthreads().values()))

    def submit(self, fn: Callable[..., Answer], /, *args: object, **kwargs: object) -> Future[Answer]:
        """Have a worker call a pure function, which is pickled once for as long as it is the same object."""
        remote = self._client.submit(_perform, self._file_of(fn), args, kwargs, str(self._folder), pure=False)
        answer: _Promise[Answer] = _Promise(remote)
        remote.add_done_callback(answer.take)
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the base's signature
        """Forget what was stored; the client is its owner's to close."""
        self._stored.clear()

    def _file_of(self, work: Callable[..., object]) -> str:
        import cloudpickle  # type: ignore[import-untyped] # noqa: PLC0415 - comes with Dask, which is an extra

        with self._lock:
            if id(work) not in self._stored:  # kept with the function itself, so that its identity is not given to another
                path = self._folder / f"work-{len(self._stored)}.pickle"
                _write_whole(path, cloudpickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL))
                self._stored[id(work)] = work, str(path)
            return self._stored[id(work)][1]


class _Promise(Future[Answer]):
    """An answer that is taken from the shared folder when its worker says that it lies there."""

    def __init__(self, remote: _Remote) -> None:
        super().__init__()
        self._remote = remote

    def cancel(self) -> bool:
        with suppress(Exception):  # a cluster that is gone has nothing left to cancel
            self._remote.cancel()
        return super().cancel()

    def take(self, remote: _Remote) -> None:
        if not self.set_running_or_notify_cancel():
            return
        try:
            name, checksum = remote.result()
            path = Path(name)
            found = path.read_bytes()
            path.unlink(missing_ok=True)
            if crc32(found) != checksum:
                raise RunError(Fault(name, "is not what the worker wrote", remedy="look at the folder that the workers share"))  # noqa: TRY301
            self.set_result(pickle.loads(found))  # noqa: S301 - written by our own workers
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the answer is asked for
            self.set_exception(error)


def _perform(work: str, args: tuple[object, ...], kwargs: Mapping[str, object], folder: str) -> tuple[str, int]:
    """Do one item on a worker and leave the answer in the shared folder; give its file and checksum."""
    done = pickle.dumps(_loaded(work)(*args, **kwargs), protocol=pickle.HIGHEST_PROTOCOL)
    path = Path(folder) / f"answer-{uuid.uuid4().hex}.pickle"
    _write_whole(path, done)
    return str(path), crc32(done)


_LOADING = threading.Lock()


def _loaded(work: str) -> Callable[..., object]:
    with _LOADING:  # threads of a worker wait for the first of them instead of loading the same thing again
        return _load(work)


@lru_cache(maxsize=2)
def _load(work: str) -> Callable[..., object]:
    with Path(work).open("rb") as file:
        loaded: Callable[..., object] = pickle.load(file)  # noqa: S301 - written by the process that runs the study
    return loaded


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.rename(path)


def tile_versions() -> dict[str, str]:
    """Give the versions of what the bytes of a tile depend on, here or on a worker.

    >>> sorted(tile_versions())
    ['Python', 'geo-engine', 'numba', 'numpy', 'pyproj', 'shapely']
    """
    return {"Python": ".".join(platform.python_version_tuple()[:2])} | {name: version(name) for name in _SAME}


def _warm() -> None:
    """Load on a worker what scoring needs: it takes seconds."""
    import_module("geo_engine.run.tiles")


def _sees(folder: str, name: str) -> bool:
    return (Path(folder) / name).is_file()


def refuse_cluster(address: str) -> None:
    """Refuse what is no address of a cluster, before anything is computed.

    Raises
    ------
    RunError
        If `address` is neither ``local:N`` nor ``tcp://HOST:PORT`` nor ``tls://HOST:PORT``, or Dask is not installed.

    Examples
    --------
    >>> refuse_cluster("host:8786")
    Traceback (most recent call last):
    geo_engine.errors.RunError: --dask: is no address of a cluster. Found: host:8786. Allowed: local:N for N processes here,
    tcp://HOST:PORT or tls://HOST:PORT of a scheduler.
    """
    if not (_LOCAL.fullmatch(address) or _REMOTE.fullmatch(address)):
        allowed = "local:N for N processes here, tcp://HOST:PORT or tls://HOST:PORT of a scheduler"
        raise RunError(Fault("--dask", "is no address of a cluster", found=address, allowed=allowed))
    try:
        import distributed  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise RunError(
            Fault("--dask", "needs the package distributed, which is not installed", remedy="pip install 'geo-engine[cluster]'")
        ) from error


class StartingCluster:
    """A cluster that is connected to, or started, while its user does something else; closed at the end of its context.

    Parameters
    ----------
    address : str
        ``local:N``, or the scheduler's address.

    Raises
    ------
    RunError
        If the address is none, or Dask is not installed.
    """

    def __init__(self, address: str) -> None:
        refuse_cluster(address)
        self.address = address
        self._opened = ExitStack()
        self._warming: list[_Remote] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cluster")
        self._client: Future[_Client] = self._thread.submit(self._connect)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._opened.close()

    def _connect(self) -> _Client:
        import dask.config  # noqa: PLC0415 - an extra
        import distributed  # noqa: PLC0415 - an extra

        logging.getLogger("distributed").setLevel(logging.ERROR)  # workers that come and go are its business
        local = _LOCAL.fullmatch(self.address)
        cluster: object = self.address
        if local:
            with dask.config.set({"distributed.nanny.pre-spawn-environ": _KEEP_MEMORY}):
                cluster = self._opened.enter_context(
                    distributed.LocalCluster(  # type: ignore[no-untyped-call]
                        n_workers=int(local[1]), threads_per_worker=1, dashboard_address=":0", silence_logs=logging.ERROR, memory_limit=0
                    )
                )
        client: _Client = self._opened.enter_context(
            distributed.Client(cluster, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        )
        client.wait_for_workers(1, timeout=_PATIENCE)
        if local:
            for worker in client.nthreads():
                self._warming.append(client.submit(_warm, workers=[worker], pure=False))
        return client

    def client(self) -> _Client:
        """Wait until it is there.

        Raises
        ------
        RunError
            If no scheduler answers, or none has a worker.
        """
        try:
            return self._client.result()
        except (OSError, TimeoutError) as error:
            raise RunError(
                Fault(f"--dask {self.address}", f"no scheduler with a worker answers within {_PATIENCE} s", remedy="see docs/cluster.md")
            ) from error


@contextmanager
def cluster_executor(cluster: str | StartingCluster, shared: Path) -> Iterator[ClusterExecutor]:
    """Make an executor of a cluster's workers.

    Parameters
    ----------
    cluster : str or StartingCluster
        An address, which is connected to now, or what has been begun; its owner closes that.
    shared : Path
        A folder that this process and the workers see under the same name; it is made, and removed at the end.

    Raises
    ------
    RunError
        If no scheduler answers, it has no worker, a worker does not see the folder, or it has other versions of what tiles depend on.
    """
    with ExitStack() as opened:
        begun = opened.enter_context(StartingCluster(cluster)) if isinstance(cluster, str) else cluster
        client = begun.client()
        made = [each for each in (shared, *shared.parents) if not each.exists()]
        shared.mkdir(parents=True, exist_ok=True)
        opened.callback(_remove, made)
        opened.callback(shutil.rmtree, shared, ignore_errors=True)
        _refuse_strangers(client, begun.address, shared)
        yield ClusterExecutor(client, shared)


def _refuse_strangers(client: _Client, address: str, shared: Path) -> None:
    """Refuse workers that do not see the folder, or whose tiles may differ."""
    probe = f"probe-{uuid.uuid4().hex}"
    (shared / probe).touch()
    ours = tile_versions()
    try:
        theirs: dict[str, dict[str, str]] = client.run(tile_versions)
    except Exception as error:
        raise RunError(
            Fault(f"--dask {address}", "a worker cannot import what is needed", found=str(error), remedy=f"install there: {_named(ours)}")
        ) from error
    faults = [
        Fault(f"worker {worker}", "has other versions, so that its tiles may differ", found=_named(found), allowed=_named(ours))
        for worker, found in sorted(theirs.items())
        if found != ours
    ]
    seen: dict[str, bool] = client.run(_sees, str(shared), probe)
    faults += [
        Fault(f"worker {worker}", f"does not see {shared}", remedy="give with --out a folder that every worker sees under the same name")
        for worker, there in sorted(seen.items())
        if not there
    ]
    (shared / probe).unlink(missing_ok=True)
    if faults:
        raise RunError(faults)


def _named(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _remove(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
