"""What becomes of an account that an invitation made, on the fake and on a real Keycloak alike."""

from uuid import uuid4

import pytest

from directory.errors import PersonNotFound
from directory.vocabulary import Person, Role
from tests.support.directory.scene import Scene, address


class InvitedContract:
    """INV-3: an account never used goes with its invitation, and nothing else does."""

    def test_an_unused_one_goes_once(self, scene: Scene) -> None:
        person, invitation = _invited(scene)
        assert person.enabled
        assert not scene.reader.has_credential(person.id)
        assert scene.writer.remove_unused(person.id, ["another", invitation])
        with pytest.raises(PersonNotFound):
            scene.reader.person(person.id)
        assert scene.writer.remove_unused(person.id, [invitation])

    def test_that_of_another_invitation_stays(self, scene: Scene) -> None:
        person, _invitation = _invited(scene)
        assert not scene.writer.remove_unused(person.id, [str(uuid4())])
        assert not scene.writer.remove_unused(person.id, [])
        assert scene.reader.person(person.id) == person

    def test_one_that_no_invitation_made_stays(self, scene: Scene) -> None:
        person = scene.writer.ensure_person(address(), "Ann", "Example")
        invitation = str(uuid4())
        assert scene.writer.ensure_person(person.email, "Ann", "Example", invitation) == person
        assert not scene.writer.remove_unused(person.id, [invitation])

    @pytest.mark.parametrize("used", ["password", "role", "disabled"])
    def test_one_in_use_stays(self, scene: Scene, used: str) -> None:
        person, invitation = _invited(scene)
        if used == "password":
            scene.build.set_password(person.id)
        elif used == "role":
            scene.writer.grant(person.id, scene.practice(), Role.PROVIDER_USER)
        else:
            scene.build.disable(person.id)
        assert not scene.writer.remove_unused(person.id, [invitation])
        assert scene.reader.person(person.id).email == person.email

    def test_its_mark_outlives_other_changes(self, scene: Scene) -> None:
        person, invitation = _invited(scene)
        scene.writer.set_wants_email(person.id, False)
        assert scene.writer.remove_unused(person.id, [invitation])


def _invited(scene: Scene) -> tuple[Person, str]:
    invitation = str(uuid4())
    return scene.writer.ensure_person(address(), "Ann", "Example", invitation), invitation
