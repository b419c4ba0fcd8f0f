"""What every directory does with payment types: the fake and a real Keycloak alike (test_contract.py)."""

import pytest

from directory.errors import PersonNotFound
from tests.support.directory.scene import Scene

NOBODY = "00000000-0000-4000-8000-000000000000"


class PaymentTypesContract:
    """USR-7: somebody has payment types at organisations."""

    def test_set_at_one_organisation_those_elsewhere_stay(self, scene: Scene) -> None:
        person = scene.person().id
        assert scene.reader.payment_types(person) == {}
        scene.writer.set_payment_types(person, "A01", ["QOF", "Enhanced services: all"])
        scene.writer.set_payment_types(person, "A011", ["QOF"])
        for _ in range(2):
            scene.writer.set_payment_types(person, "A01", ["Vaccinations"])
        assert scene.reader.payment_types(person) == {"A01": {"Vaccinations"}, "A011": {"QOF"}}
        written = ("A011:QOF", "A01:Vaccinations")
        assert scene.reader.standing(person).person.payment_types == written
        assert [one.payment_types for one in scene.reader.people() if one.id == person] == [written]
        scene.writer.set_payment_types(person, "A01", [])
        assert scene.reader.payment_types(person) == {"A011": {"QOF"}}

    def test_beside_whether_they_want_emails(self, scene: Scene) -> None:
        person = scene.person().id
        scene.writer.set_payment_types(person, "A01", ["QOF"])
        assert scene.writer.set_wants_email(person, False).wants_email is False
        scene.writer.set_payment_types(person, "A02", ["QOF"])
        assert scene.reader.payment_types(person) == {"A01": {"QOF"}, "A02": {"QOF"}}
        assert scene.reader.person(person).wants_email is False

    def test_at_many_organisations(self, scene: Scene) -> None:
        person = scene.person().id
        kinds = [f"{'Long payment type ' * 5}{letter}" for letter in "abcde"]
        for place in ("A01", "A02", "A03"):
            scene.writer.set_payment_types(person, place, kinds)
        assert scene.reader.payment_types(person) == dict.fromkeys(("A01", "A02", "A03"), frozenset(kinds))

    def test_nobody(self, scene: Scene) -> None:
        with pytest.raises(PersonNotFound):
            scene.reader.payment_types(NOBODY)
        with pytest.raises(PersonNotFound):
            scene.writer.set_payment_types(NOBODY, "A01", ["QOF"])
