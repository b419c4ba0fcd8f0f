"""What commissioners are told when the national lists moved, closed or reopened their organisations."""

from portal.mail.wording import Button, Context, Words


def organisations_changed(c: Context) -> Words:
    return Words(
        f"Organisations of {c['organisation']} have changed",
        ("The national lists of organisations have changed.", *c["said"]),
        (
            "Those that moved, or came, kept their people and their open requests.",
            "People of a provider that closed keep their account: open it to say where they go.",
        ),
        Button("Go to Providers", "/providers?closed=yes"),
    )


def clusters_changed(c: Context) -> Words:
    return Words(
        f"Clusters of {c['organisation']} have changed",
        ("The national lists of organisations have changed.", *c["said"]),
        (
            "One that closed or left the commissioner is out of the clusters' reach until it is back.",
            "Look at these clusters, and change what they list if you need to.",
        ),
        Button("Go to clusters", f"/administration/clusters/{c['code']}"),
    )
