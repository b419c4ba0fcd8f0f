"""Who is in the sample: made-up people of the sea areas, each showing something else of who may do what."""

from dataclasses import dataclass

from directory.vocabulary import Role

# Practices whose own approvers let people in. Dogger Bank has none yet, so its commissioner still decides.
MULTI_LEVEL = frozenset({"ZZ1002", "ZZ1012", "ZZ1014", "ZZ1022", "ZZ1032"})
EVERYWHERE = ""  # in place of an ODS code: the Service Desk's role is held nowhere in particular
EVERY_PRACTICE = "*"  # in place of an ODS code: forty practices


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up person: `roles` are roles with the ODS code each is held at, `may` says what that means."""

    email: str
    first_name: str
    last_name: str
    roles: tuple[tuple[Role, str], ...]
    may: str


PEOPLE = (
    Sample(
        "iona.mackay@northernwaters.example",
        "Iona",
        "Mackay",
        ((Role.COMMISSIONER_APPROVER, "ZZN"),),
        "Approve and reject for all practices of the Northern Waters ICB, such as Fair Isle Surgery.",
    ),
    Sample(
        "ruaridh.gunn@northernwaters.example",
        "Ruaridh",
        "Gunn",
        ((Role.COMMISSIONER_APPROVER, "ZZN01"),),
        "Approve and reject for the practices of one sub-ICB location, Fair Isle Surgery among them.",
    ),
    Sample(
        "hamish.orr@northernwaters.example",
        "Hamish",
        "Orr",
        ((Role.COMMISSIONER_USER, "ZZN01"),),
        "See the practices of one sub-ICB location; decide nothing.",
    ),
    Sample(
        "elspeth.laird@northernwaters.example",
        "Elspeth",
        "Laird",
        ((Role.COMMISSIONER_FINANCE, "ZZN"),),
        "See the payments' side of the Northern Waters ICB; decide nothing.",
    ),
    Sample(
        "malcolm.rae@northernwaters.example",
        "Malcolm",
        "Rae",
        ((Role.ORGANISATION_ADMINISTRATOR, "ZZN"), (Role.USER_ADMINISTRATOR, "ZZN")),
        "Keep the Northern Waters ICB's clusters, and its people's roles; choose one of the two at sign-in.",
    ),
    Sample(
        "morwenna.penrose@westernapproaches.example",
        "Morwenna",
        "Penrose",
        ((Role.COMMISSIONER_APPROVER, "ZZW"),),
        "Approve and reject for all practices of the Western Approaches ICB.",
    ),
    Sample(
        "jago.trelawny@westernapproaches.example",
        "Jago",
        "Trelawny",
        ((Role.ADVANCED_USER_ADMINISTRATOR, "ZZW"),),
        "Change the roles of anybody under the Western Approaches ICB but himself.",
    ),
    Sample(
        "catriona.ross@cromarty.example",
        "Catriona",
        "Ross",
        ((Role.PROVIDER_APPROVER, "ZZ1002"),),
        "Approve and invite people at Cromarty Medical, a multi-level practice.",
    ),
    Sample(
        "george.milburn@tyne.example",
        "George",
        "Milburn",
        ((Role.PROVIDER_APPROVER, "ZZ1012"),),
        "Approve and invite people at Tyne Surgery, a multi-level practice.",
    ),
    Sample(
        "niamh.doherty@rockall.example",
        "Niamh",
        "Doherty",
        ((Role.PROVIDER_APPROVER, "ZZ1022"), (Role.PROVIDER_USER, "ZZ1023")),
        "Approve at Rockall Medical or work at Malin Head Surgery: chooses which at sign-in.",
    ),
    Sample(
        "magnus.stout@fairisle.example",
        "Magnus",
        "Stout",
        ((Role.PROVIDER_USER, "ZZ1001"),),
        "Work at Fair Isle Surgery, a single-level practice: its commissioner approves people.",
    ),
    Sample(
        "flora.munro@cromarty.example",
        "Flora",
        "Munro",
        ((Role.PROVIDER_USER, "ZZ1002"),),
        "Work at Cromarty Medical.",
    ),
    Sample(
        "donald.bain@cromarty.example",
        "Donald",
        "Bain",
        ((Role.PROVIDER_FINANCE, "ZZ1002"),),
        "See the payments' side of Cromarty Medical.",
    ),
    Sample(
        "stella.fairweather@outlook-federation.example",
        "Stella",
        "Fairweather",
        ((Role.PROVIDER_USER, EVERY_PRACTICE),),
        "Work at forty practices: a long list to choose from at sign-in.",
    ),
    Sample(
        "finlay.drift@nowhere.example",
        "Finlay",
        "Drift",
        (),
        "Sign in and see My profile only: no role anywhere, so request access.",
    ),
    Sample(
        "shona.buchan@cqrs.example",
        "Shona",
        "Buchan",
        ((Role.SERVICE_DESK, EVERYWHERE),),
        "Everything a Service Desk may, everywhere.",
    ),
)
