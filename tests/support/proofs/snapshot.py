"""All that a directory holds at one moment, read once."""

from dataclasses import dataclass

from directory.contract import Reader
from directory.errors import OrganisationNotFound
from directory.vocabulary import Holding, Organisation, Person, Standing


@dataclass(frozen=True)
class Snapshot:
    """People by id, organisations by ODS code."""

    standings: dict[str, Standing]
    places: dict[str, Organisation]

    @classmethod
    def of(cls, reader: Reader) -> "Snapshot":
        people = sorted(reader.people(), key=lambda person: person.email)
        standings = {person.id: reader.standing(person.id) for person in people}
        return cls(standings, {place.code: place for place in reader.organisations()})

    def people(self) -> list[Person]:
        return [standing.person for standing in self.standings.values()]

    def standing(self, person_id: str) -> Standing:
        return self.standings[person_id]

    def organisation(self, code: str) -> Organisation:
        """Raises OrganisationNotFound."""
        if code not in self.places:
            raise OrganisationNotFound(code)
        return self.places[code]

    def holdings(self) -> list[tuple[Standing, Holding]]:
        """Each person with each role that they hold."""
        return [(one, held) for one in self.standings.values() for held in one.holdings]
