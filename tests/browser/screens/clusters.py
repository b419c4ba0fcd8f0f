"""Administrative tasks, and the pages of service provider clusters, in the job aids' order."""

import re
from pathlib import Path

from tests.browser.screens.screen import Screen
from tests.browser.screens.users import UsersPage


class AdministrativeTasks(Screen):
    heading = "Manage organisations and users"

    def clusters(self) -> "ClustersPage":
        self.main.get_by_role("link", name="Service provider clusters").first.click()
        return ClustersPage(self.visitor)

    def users(self) -> UsersPage:
        self.main.get_by_role("link", name="Users").first.click()
        return UsersPage(self.visitor)


class ClustersPage(Screen):
    """The primary Service Provider Cluster screen."""

    heading = "Service provider clusters"

    def add_new(self) -> "CreateCluster":
        self.page.get_by_role("button", name="Add new cluster").click()
        return CreateCluster(self.visitor)

    def short_name_of(self, name: str) -> str:
        """As the system gave it, in the row of the cluster of this name."""
        row = self.main.get_by_role("row").filter(has_text=name)
        return row.get_by_role("link").first.inner_text()

    def open(self, short_name: str) -> "ClusterPage":
        self.main.get_by_role("link", name=short_name, exact=True).click()
        return ClusterPage(self.visitor)

    def says(self, text: str) -> None:
        self.page.locator(".nhsuk-notification-banner").filter(has_text=text).wait_for()


class CreateCluster(Screen):
    heading = "Create Service Provider Cluster"

    def answer(self, name: str, description: str) -> "SelectProviders":
        self.fill("Name", name)
        self.page.get_by_label("Description").fill(description)
        self.press("Continue")
        return SelectProviders(self.visitor)


class SelectProviders(Screen):
    heading = "Select service providers"

    def search(self, text: str) -> "SelectProviders":
        self.page.get_by_label("Search by name, ODS code or postcode").fill(text)
        self.press("Search")
        return SelectProviders(self.visitor)

    def select(self, name: str) -> "SelectProviders":
        self.main.get_by_role("checkbox", name=f"Choose {name}", exact=True).check()
        return self

    def select_all(self) -> "SelectProviders":
        self.page.get_by_label(re.compile("^Select all")).check()
        return self

    def add_file(self, file: Path) -> "SelectProviders":
        self.page.get_by_label("A file of ODS codes").set_input_files(file)
        self.press("Add from this file")
        return SelectProviders(self.visitor)

    def to_summary(self) -> "ClusterSummary":
        self.press("Continue")
        return ClusterSummary(self.visitor)

    def back_to_cluster(self) -> "ClusterPage":
        self.press("Continue")
        return ClusterPage(self.visitor)


class ClusterSummary(Screen):
    heading = "Create this cluster?"

    def yes(self) -> "ClusterMade":
        self.press("Yes")
        return ClusterMade(self.visitor)

    def no(self) -> CreateCluster:
        self.press("No")
        return CreateCluster(self.visitor)


class ClusterMade(Screen):
    heading = re.compile("Cluster (is being )?created")

    def view_all(self) -> ClustersPage:
        self.follow("View service provider clusters")
        return ClustersPage(self.visitor)

    def create_another(self) -> CreateCluster:
        self.follow("Create a new service provider cluster")
        return CreateCluster(self.visitor)


class ClusterPage(Screen):
    """The Service Provider Cluster screen; its heading is the cluster's name."""

    heading = re.compile(".+")

    def modify(self, name: str, description: str) -> "ClusterPage":
        self.fill("Name", name)
        self.page.get_by_label("Description").fill(description)
        return self

    def add_organisation(self) -> SelectProviders:
        self.press("Add organisation")
        return SelectProviders(self.visitor)

    def remove_organisation(self, name: str) -> "ClusterPage":
        row = self.main.get_by_role("row").filter(has_text=name)
        row.get_by_role("button", name="Remove organisation").click()
        return ClusterPage(self.visitor)

    def submit(self) -> ClustersPage:
        self.press("Submit")
        return ClustersPage(self.visitor)
