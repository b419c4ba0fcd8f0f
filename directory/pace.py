"""How many calls are under way at once: as many as the server bears, found out by how it answers."""

import asyncio


class Pace:
    """`async with` it for each call. Pressed, it halves how many there may be; eased, it allows more."""

    def __init__(self, most: int) -> None:
        self._most = self._allowed = float(most)
        self._under_way = 0
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def allowed(self) -> int:
        """How many calls there may be at once now, never fewer than one."""
        return int(self._allowed)

    def press(self) -> None:
        """The server did not answer, or asked for less."""
        self._allowed = max(1.0, self._allowed / 2)

    def ease(self) -> None:
        """The server answered: after as many answers as are allowed at once, one more is."""
        self._allowed = min(self._most, self._allowed + 1 / self._allowed)

    async def __aenter__(self) -> None:
        while self._under_way >= self.allowed:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        self._under_way += 1

    async def __aexit__(self, *raised: object) -> None:
        self._under_way -= 1
        free = self.allowed - self._under_way
        while self._waiting and free > 0:
            turn = self._waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
                free -= 1
