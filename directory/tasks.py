"""Coroutines at the same time: all of them, or, after the first failure, none any longer."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

Item = TypeVar("Item")


async def each(
    items: Iterable[Item], concurrently: int, act: Callable[[Item], Coroutine[Any, Any, None]]
) -> None:
    """Acts on all, so many at once; the first failure stops the rest and is raised."""
    left = iter(items)

    async def worker() -> None:
        for item in left:
            await act(item)

    await together(*(worker() for _ in range(concurrently)))


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """All at once; the first failure stops the others and is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
