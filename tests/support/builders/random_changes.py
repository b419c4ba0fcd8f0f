"""People, organisations and clusters of a small country, changed at random."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from directory.contract import Reader, Writer
from directory.vocabulary import Organisation, OrganisationStatus, OrganisationType, Person, Role
from portal.mirroring.clusters import refresh_group
from portal.mirroring.reconcile import reconcile
from portal.mirroring.refresh import refresh_person
from tests.support.builders.world import World

KINDS, STATUS = OrganisationType, OrganisationStatus
AT_COMMISSIONERS = (Role.COMMISSIONER_USER, Role.COMMISSIONER_APPROVER, Role.COMMISSIONER_FINANCE)
AT_PROVIDERS = (Role.PROVIDER_USER, Role.PROVIDER_FINANCE, Role.PROVIDER_APPROVER)


@dataclass
class RandomChanges:
    """What the portal, the sync or somebody in the console may do; the mirror follows when it is told to."""

    world: World
    random: Random
    many: int = 8
    people: list[Person] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)
    _people_changed: set[str] = field(default_factory=set)
    _groups_changed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for number in range(3):
            for code in (f"P1{number}", f"P2{number}"):
                parent = f"{'A' if code[1] == '1' else 'B'}01"
                self.world.directory.place(code, parent=parent)
                self.world.directory.place(f"{code}B", kind=KINDS.BRANCH, parent=code)
        for commissioner in ("QA1", "A01", "B01"):
            made = self.writer.create_cluster(commissioner, commissioner, "Some", "", ["P10"])
            self.clusters.append(made.id)
        self.people += [self.world.directory.enrol(f"{n}@random.example") for n in range(self.many)]
        reconcile(self.world.services)

    @property
    def writer(self) -> Writer:
        return self.world.services.writer

    @property
    def reader(self) -> Reader:
        return self.world.services.reader

    def follow(self) -> None:
        """Reads again what changed since, in any order, or now and then everything."""
        again: list[Callable[[], object]] = [
            *(partial(refresh_person, self.world.services, one) for one in sorted(self._people_changed)),
            *(partial(refresh_group, self.world.services, one) for one in sorted(self._groups_changed)),
        ]
        self.random.shuffle(again)
        if self.random.random() < 0.05:
            again = [partial(reconcile, self.world.services)]
        for read in again:
            read()
        self._people_changed.clear()
        self._groups_changed.clear()

    def happen(self) -> None:
        """One thing."""
        often = [self.give, self.give, self.take, self.give_at_commissioner]
        rare = [self.enable, self.close, self.relist, self.restrict, self.lift, self.move, self.turn_over]
        self.random.choice(often + rare)()

    def give(self) -> None:
        self._with_role(self.writer.grant, AT_PROVIDERS, lambda one: one.is_provider)

    def take(self) -> None:
        person = self.random.choice(self.people)
        held = sorted(self.reader.standing(person.id).holdings, key=str)
        if held:
            one = self.random.choice(held)
            place = self.reader.organisation(one.organisation)
            self.writer.remove(person.id, place, one.role)
            self._people_changed.add(person.id)

    def give_at_commissioner(self) -> None:
        self._with_role(self.writer.grant, AT_COMMISSIONERS, lambda one: one.is_commissioner)

    def enable(self) -> None:
        """Or disable."""
        person = self.random.choice(self.people)
        self.writer.set_enabled(person.id, not self.reader.person(person.id).enabled)
        self._people_changed.add(person.id)

    def close(self) -> None:
        """Or open again, when a few are closed."""
        closed = [one for one in self._organisations() if one.status is STATUS.CLOSED]
        one = self.random.choice(closed if len(closed) > 2 else self._organisations())
        status = STATUS.OPEN if one.status is STATUS.CLOSED else STATUS.CLOSED
        self._seen(self.world.directory.change(one.code, status=status))

    def move(self) -> None:
        """A provider to another commissioner, or a commissioner, with all below it, to another above it."""
        one = self.random.choice(
            [one for one in self._organisations() if one.parent and one.type != KINDS.BRANCH]
        )
        above = KINDS.SUB_ICB if one.is_provider else {KINDS.SUB_ICB: KINDS.ICB}.get(one.type, KINDS.REGION)
        parent = self.random.choice([other for other in self._organisations() if other.type is above])
        self.world.directory.move(one.code, parent.code)
        self._seen(self.reader.organisation(one.code))

    def relist(self) -> None:
        """A cluster, also to nothing."""
        cluster = self.random.choice(self.clusters)
        codes = {one.code for one in self._organisations()}
        listed = set(self.random.sample(sorted(codes), self.random.randint(0, 5)))
        self.writer.change_cluster(cluster, "Some", "", listed, codes - listed)
        self._groups_changed.add(cluster)

    def restrict(self) -> None:
        person, cluster = self.random.choice(self.people), self.random.choice(self.clusters)
        self.world.directory.join_cluster(person.id, cluster)
        self._people_changed.add(person.id)

    def lift(self) -> None:
        person, code = self.random.choice(self.people), self.random.choice(("QA1", "A01", "B01"))
        self.writer.lift_restriction(person.id, code)
        self._people_changed.add(person.id)

    def turn_over(self) -> None:
        """Somebody's account is deleted, and somebody new comes."""
        gone = self.random.choice(self.people)
        self.people.remove(gone)
        self.world.directory.delete_person(gone.id)
        came = self.world.directory.enrol(gone.email)
        self.people.append(came)
        self._people_changed |= {gone.id, came.id}

    def _with_role(
        self,
        do: Callable[[str, Organisation, Role], None],
        roles: tuple[Role, ...],
        fits: Callable[[Organisation], bool],
    ) -> None:
        person = self.random.choice(self.people)
        place = self.random.choice([one for one in self._organisations() if fits(one)])
        do(person.id, place, self.random.choice(roles))
        self._people_changed.add(person.id)

    def _seen(self, organisation: Organisation) -> None:
        self._groups_changed.add(organisation.id)

    def _organisations(self) -> list[Organisation]:
        return sorted(self.reader.organisations(), key=lambda one: one.code)
