"""Who does the tiles: anything with the interface of `concurrent.futures.Executor`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from typing import TypeVar

__all__ = ["default_workers", "map_unordered", "thread_executor"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")


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
