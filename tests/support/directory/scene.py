"""What the shared suite asks of a scene: builders to arrange it, and the reader and writer on trial."""

import secrets
from dataclasses import dataclass
from typing import Protocol

from directory.contract import Reader, Writer
from directory.sync_runs import SyncRun
from directory.vocabulary import ApprovalLevel, FactorKind, Organisation, OrganisationType, Person, Role
from tests.support.fakes.directory import FakeDirectory


class Builders(Protocol):
    """Organisations and people put in place by hand."""

    def place(
        self,
        code: str,
        name: str = "",
        kind: OrganisationType = OrganisationType.PROVIDER,
        parent: str = "",
        approval_level: ApprovalLevel = ApprovalLevel.SINGLE,
    ) -> Organisation: ...

    def change(self, code: str, **facts: str) -> Organisation: ...

    def note_run(self, run: SyncRun) -> SyncRun: ...

    def move(self, code: str, parent: str) -> None: ...

    def close_down(self, code: str) -> None: ...

    def enrol(
        self,
        email: str,
        first_name: str = "Ann",
        last_name: str = "Example",
        holdings: tuple[tuple[str, Role], ...] = (),
        password: bool = True,
    ) -> Person: ...

    def disable(self, person_id: str) -> None: ...

    def enable(self, person_id: str) -> None: ...

    def set_password(self, person_id: str) -> None: ...

    def lock(self, person_id: str) -> None: ...

    def lift_lock(self, person_id: str) -> None: ...

    def add_second_factor(self, person_id: str, kind: FactorKind) -> None: ...

    def delete_person(self, person_id: str) -> None: ...

    def join_cluster(self, person_id: str, cluster_id: str) -> None: ...

    def drop_cluster(self, cluster_id: str) -> None: ...


@dataclass(frozen=True)
class Scene:
    """A directory on trial. Codes and addresses are new in every test, because the real one is shared."""

    build: Builders
    reader: Reader
    writer: Writer

    def practice(self, parent: str = "") -> Organisation:
        return self.build.place(code(), "Fair Isle Surgery", OrganisationType.PROVIDER, parent)

    def sub_icb(self, parent: str = "") -> Organisation:
        return self.build.place(code(), "Shetland", OrganisationType.SUB_ICB, parent)

    def person(self, *holdings: tuple[str, Role]) -> Person:
        return self.build.enrol(address(), holdings=holdings)


def code() -> str:
    """An ODS code that nothing else has."""
    return f"T{secrets.token_hex(4).upper()}"


def address() -> str:
    """An e-mail address that nobody else has."""
    return f"ann.{secrets.token_hex(5)}@surgery.example"


def fake_scene() -> Scene:
    fake = FakeDirectory()
    return Scene(fake, fake, fake)
