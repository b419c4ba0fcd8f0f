"""How many calls there are at once."""

import asyncio

from directory.pace import Pace


async def most_at_once(pace: Pace, calls: int) -> int:
    """Each call waits until no other can begin any more; the most that were under way together."""
    under_way, most = 0, 0

    async def call() -> None:
        nonlocal under_way, most
        async with pace:
            under_way += 1
            most = max(most, under_way)
            for _ in range(calls):
                await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*(call() for _ in range(calls)))
    return most


def test_no_more_than_allowed_and_all_have_their_turn() -> None:
    pace = Pace(4)
    assert asyncio.run(most_at_once(pace, 20)) == 4
    pace.press()
    assert asyncio.run(most_at_once(pace, 20)) == 2


def test_pressed_it_halves_down_to_one() -> None:
    pace = Pace(16)
    seen = []
    for _ in range(6):
        pace.press()
        seen.append(pace.allowed)
    assert seen == [8, 4, 2, 1, 1, 1]


def test_eased_it_comes_back_slowly_and_never_above_where_it_began() -> None:
    pace = Pace(4)
    pace.press()
    seen = []
    for _ in range(12):
        pace.ease()
        seen.append(pace.allowed)
    assert seen[0] == 2
    assert sorted(seen) == seen
    assert seen[-1] == 4


def test_one_that_is_cancelled_while_it_waits_takes_nobodys_turn() -> None:
    async def story() -> int:
        pace = Pace(1)
        async with pace:
            waiting = asyncio.create_task(most_at_once(pace, 1))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        return await most_at_once(pace, 3)

    assert asyncio.run(story()) == 1
