"""A country of which anything may change: for tests of scope against an oracle that only knows parents."""

from dataclasses import dataclass, field
from random import Random

from directory.vocabulary import (
    Cluster,
    Holding,
    Organisation,
    OrganisationStatus,
    OrganisationType,
    Person,
    Restriction,
    Role,
    Standing,
)

KINDS = OrganisationType
ABOVE = {
    KINDS.ICB: (KINDS.REGION, None),
    KINDS.SUB_ICB: (KINDS.ICB,),
    KINDS.PROVIDER: (KINDS.SUB_ICB, KINDS.SUB_ICB, KINDS.ICB, None),
    KINDS.BRANCH: (KINDS.PROVIDER,),
}
HOW_MANY = {KINDS.REGION: 2, KINDS.ICB: 3, KINDS.SUB_ICB: 4, KINDS.PROVIDER: 9, KINDS.BRANCH: 4}
PREFIX = {KINDS.REGION: "Y9", KINDS.ICB: "Q", KINDS.SUB_ICB: "S", KINDS.PROVIDER: "P", KINDS.BRANCH: "B"}


@dataclass
class RandomCountry:
    """Who is below whom, what is closed, which clusters there are and who is in them."""

    random: Random
    kinds: dict[str, OrganisationType] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    marked: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for kind, many in HOW_MANY.items():
            for number in range(many):
                code = f"{PREFIX[kind]}{number}"
                self.kinds[code] = kind
                self.parents[code] = self._a_parent(kind)

    @property
    def commissioners(self) -> list[str]:
        return [code for code, kind in self.kinds.items() if kind in {KINDS.ICB, KINDS.SUB_ICB}]

    def happen(self) -> None:
        """Something, as sync, an Organisation Administrator or the console would do it."""
        self.random.choice(
            [self.move, self.close, self.cluster, self.relist, self.join, self.leave, self.drop]
        )()

    def move(self) -> None:
        code = self.random.choice([code for code, kind in self.kinds.items() if kind in ABOVE])
        self.parents[code] = self._a_parent(self.kinds[code])

    def close(self) -> None:
        """Or opens again."""
        self.closed ^= {self.random.choice(list(self.kinds))}

    def cluster(self) -> None:
        where, name = self.random.choice(self.commissioners), f"C{len(self.clusters)}-{self.random.random()}"
        self.clusters[name] = Cluster(where, name, name, "", self._some_codes(where), name)

    def relist(self) -> None:
        """Also to nothing."""
        if self.clusters:
            one = self.random.choice(list(self.clusters.values()))
            self.clusters[one.id] = Cluster(
                one.commissioner, one.id, one.id, "", self._some_codes(one.commissioner), one.id
            )

    def join(self) -> None:
        if self.clusters:
            one, who = self.random.choice(list(self.clusters.values())), self.random.choice("ab")
            self.members.setdefault(who, set()).add(one.id)
            self.marked.add((who, one.commissioner))

    def leave(self) -> None:
        """The restriction is lifted where somebody has the right to."""
        if self.marked:
            who, where = self.random.choice(sorted(self.marked))
            self.marked.discard((who, where))
            self.members[who] = {i for i in self.members[who] if self.clusters[i].commissioner != where}

    def drop(self) -> None:
        """A cluster is deleted; whoever was in it stays marked."""
        if self.clusters:
            gone = self.random.choice(list(self.clusters))
            del self.clusters[gone]
            for theirs in self.members.values():
                theirs.discard(gone)

    # What is put to the proof

    def path(self, code: str) -> tuple[str, ...]:
        above = self.parents[code]
        return (*(self.path(above) if above else ()), code)

    def organisations(self) -> list[Organisation]:
        status = OrganisationStatus
        return [
            Organisation(c, c, kind, self.path(c), status=status.CLOSED if c in self.closed else status.OPEN)
            for c, kind in self.kinds.items()
        ]

    def holding(self, who: str, where: str) -> Holding:
        """The Commissioner Approver's role there, as the person's standing has it."""
        clusters = [self.clusters[cluster] for cluster in self.members.get(who, ())]
        restrictions = {Restriction(one.commissioner, one.id, one.organisations) for one in clusters}
        restrictions |= {Restriction(code) for one, code in self.marked if one == who}
        held = frozenset({Holding(Role.COMMISSIONER_APPROVER, self.path(where))})
        person = Person(who, f"{who}@place.example", who, "Person")
        (found,) = Standing(person, held, restrictions=frozenset(restrictions)).holdings
        return found

    # The oracle: walks down from parents, and knows neither paths nor holdings

    def expected(self, who: str, where: str) -> set[str]:
        """What the role is to reach, by the words of CLU-4."""
        below = self._below(where)
        if (who, where) not in self.marked:
            return (below | {where}) - self.closed
        mine = [self.clusters[cluster] for cluster in self.members.get(who, ())]
        listed = {code for one in mine if one.commissioner == where for code in one.organisations} & below
        return set().union(*({code} | self._below(code) for code in listed)) - self.closed

    def _below(self, code: str) -> set[str]:
        children = {child for child, above in self.parents.items() if above == code}
        return children.union(*(self._below(child) for child in children))

    def _a_parent(self, kind: OrganisationType) -> str | None:
        above = self.random.choice(ABOVE.get(kind, (None,)))
        return (
            self.random.choice([code for code, one in self.kinds.items() if one is above]) if above else None
        )

    def _some_codes(self, commissioner: str) -> frozenset[str]:
        """Mostly what is below the commissioner, but also what is elsewhere, or was never heard of."""
        below = [code for code in sorted(self._below(commissioner)) if self.random.random() < 0.4]
        return frozenset(
            [*below, *self.random.sample([*self.kinds, "NOSUCH"], self.random.choice([0, 0, 2]))]
        )
