"""The worker's threads: what somebody waits for goes before what nobody does."""

from threading import Event

from portal.worker import Lane

LONG = 60.0


class Work:
    """One piece of work, which begins when its lane looks and ends when it is let."""

    def __init__(self, name: str, done: list[str]) -> None:
        self.begun, self.may_end, self.ended = Event(), Event(), Event()
        self._name, self._done = name, done

    def look(self) -> bool:
        if self.ended.is_set():
            return False
        self.begun.set()
        assert self.may_end.wait(LONG)
        self._done.append(self._name)
        self.ended.set()
        return True


def test_others_begin_nothing_while_something_awaited_is_in_hand() -> None:
    done: list[str] = []
    awaited, other = Work("awaited", done), Work("other", done)
    first = Lane(awaited.look, 1)
    second = Lane(other.look, 1, first, give_way=LONG)
    other.may_end.set()
    first.threads[0].start()
    assert awaited.begun.wait(LONG)
    second.threads[0].start()
    awaited.may_end.set()
    assert other.ended.wait(LONG)
    assert done == ["awaited", "other"]
    end(first, second)


def test_they_give_way_for_a_while_only() -> None:
    """Else a change that Keycloak doesn't answer would hold up every message."""
    done: list[str] = []
    awaited, other = Work("awaited", done), Work("other", done)
    first = Lane(awaited.look, 1)
    second = Lane(other.look, 1, first, give_way=0.01)
    other.may_end.set()
    first.threads[0].start()
    assert awaited.begun.wait(LONG)
    second.threads[0].start()
    assert other.ended.wait(LONG)
    assert done == ["other"]
    awaited.may_end.set()
    end(first, second)


def end(*lanes: Lane) -> None:
    for lane in lanes:
        lane.stop()
    for lane in lanes:
        for thread in lane.threads:
            thread.join(LONG)
            assert not thread.is_alive()
