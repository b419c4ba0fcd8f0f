"""The mirror's clusters and restrictions: a copy of Keycloak's, for lists and searches only."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.vocabulary import Cluster, Restriction
from portal.model.base import Base
from portal.model.mirror import MirroredPerson


class MirroredCluster(Base):
    """A cluster as last seen; `id` is its Keycloak group's, `organisations` the ODS codes that it lists."""

    __tablename__ = "mirrored_cluster"
    __table_args__ = (
        Index("ix_mirrored_cluster_commissioner_code", "commissioner_code"),
        Index("ix_mirrored_cluster_organisations", "organisations", postgresql_using="gin"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    commissioner_code: Mapped[str]
    short_name: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    organisations: Mapped[list[str]]
    seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    def as_cluster(self) -> Cluster:
        """The same facts as the gateway gives them."""
        return Cluster(
            self.commissioner_code,
            self.short_name,
            self.name,
            self.description,
            frozenset(self.organisations),
            self.id,
        )


class MirroredRestriction(Base):
    """A person was last seen to be restricted at a commissioner: by a cluster, or by the mark, with none."""

    __tablename__ = "mirrored_restriction"
    __table_args__ = (Index("ix_mirrored_restriction_cluster_id", "cluster_id"),)

    person_id: Mapped[str] = mapped_column(
        ForeignKey(MirroredPerson.id, ondelete="CASCADE"), primary_key=True
    )
    commissioner_code: Mapped[str] = mapped_column(primary_key=True)
    cluster_id: Mapped[str] = mapped_column(primary_key=True)

    def as_restriction(self, cluster: MirroredCluster | None) -> Restriction:
        """The restriction; by a cluster that the mirror doesn't know, to nothing."""
        if cluster is None:
            return Restriction(self.commissioner_code, self.cluster_id)
        listed = frozenset(cluster.organisations)
        return Restriction(self.commissioner_code, self.cluster_id, listed, cluster.short_name)
