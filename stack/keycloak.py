"""Keycloak in production mode on PostgreSQL, with a home of its own beside a shared installation."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from directory.realm.common_passwords import FILE_NAME, FILTER_NAME
from stack.environment import KEYCLOAK_ADMINISTRATOR
from stack.keycloak_installation import java_environment, java_home
from stack.page_files import copy_page_files
from stack.process import Child, start
from stack.service import answers_ok
from stack.settings import REALM_FILES

_OPENED = ("java.util", "java.util.concurrent", "java.security", "java.lang")
# Keycloak's own script starts Java with these; started without the script, Java itself is our child, so that
# it gets our signals and its pid is the one that we write down.
_JAVA_OPTIONS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:MetaspaceSize=96M",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
    "--enable-native-access=ALL-UNNAMED",
    "-Duser.language=en",
    "-Duser.country=GB",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Dpicocli.disable.closures=true",
    "-Dquarkus-log-max-startup-records=10000",
)

_IMPORTED, _BEGUN = "realm-was-imported", "has-begun"


def forget_keycloak(state: Path) -> None:
    """For a database that is made anew: it has neither administrator nor realm yet."""
    for name in (_IMPORTED, _BEGUN):
        (_home(state) / name).unlink(missing_ok=True)


def _home(state: Path) -> Path:
    return state / "keycloak"


@dataclass(frozen=True)
class Keycloak:
    """`environ` are the CQRS_ variables that the realm file names; `import_realm` loads it at first start."""

    state: Path
    installation: Path
    port: int
    management_port: int
    admin_password: str
    database_port: int
    database_password: str
    environ: Mapping[str, str]
    import_realm: bool = False

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def home(self) -> Path:
        return _home(self.state)

    def prepare(self, page_files: Path, common_passwords: Path) -> None:
        """Fills its home: the installation's programs, our themes with the pages' files, lists, the realm."""
        self.home.mkdir(parents=True, exist_ok=True)
        for name in ("lib", "conf", "providers"):
            _link(self.home / name, self.installation / name)
        _copy_themes(self.home / "themes", page_files)
        _make_empty(self._temporary)
        refused = self.home / "data" / "password-blacklists"
        refused.mkdir(parents=True, exist_ok=True)
        for name in (FILE_NAME, FILTER_NAME):
            _link(refused / name, common_passwords / name)
        realm = self.home / "data" / "import" / "realm.json"
        realm.parent.mkdir(parents=True, exist_ok=True)
        realm.unlink(missing_ok=True)
        if self._import_now:
            shutil.copyfile(REALM_FILES / "realm.json", realm)

    def launch(self) -> Child:
        home = (
            f"-Dkc.home.dir={self.home}",
            f"-Djboss.server.config.dir={self.home / 'conf'}",
            f"-Djava.io.tmpdir={self._temporary}",
        )
        program = (
            "-cp",
            self.home / "lib" / "quarkus-run.jar",
            "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
        )
        mode = ("start", "--optimized", *(("--import-realm",) if self._import_now else ()))
        return start(
            "Keycloak", [java_home() / "bin" / "java", *_JAVA_OPTIONS, *home, *program, *mode],
            log=self.state / "logs" / "keycloak.log", environ=self._environment(),
        )  # fmt: skip

    def healthy(self) -> bool:
        return answers_ok(self.management_port, "/health/ready")

    def remember_import(self) -> None:
        """Once the realm is loaded, later starts leave it as it is, and need no secret but the database's."""
        if self._import_now:
            self._imported.touch()
        self._begun.touch()

    @property
    def _temporary(self) -> Path:
        """In the system's own it would meet the folders of another user's Keycloak, and not start."""
        return self.home / "tmp"

    @property
    def _imported(self) -> Path:
        return self.home / _IMPORTED

    @property
    def _import_now(self) -> bool:
        return self.import_realm and not self._imported.exists()

    def _environment(self) -> dict[str, str]:
        return (
            java_environment()
            | self._first_time()
            | {
                "KC_DB_URL": f"jdbc:postgresql://127.0.0.1:{self.database_port}/keycloak",
                "KC_DB_USERNAME": "keycloak",
                "KC_DB_PASSWORD": self.database_password,
                "KC_CACHE": "local",
                "KC_HOSTNAME": self.url,
                "KC_HTTP_ENABLED": "true",
                "KC_HTTP_HOST": "127.0.0.1",
                "KC_HTTP_PORT": str(self.port),
                "KC_HTTP_MANAGEMENT_HOST": "127.0.0.1",
                "KC_HTTP_MANAGEMENT_PORT": str(self.management_port),
            }
        )

    def _first_time(self) -> dict[str, str]:
        """What Keycloak is told until it has begun: its first administrator, and what the realm names."""
        if self._begun.exists():
            return {}
        named = {name: value for name, value in self.environ.items() if name in _named_by_the_realm()}
        return named | {
            "KC_BOOTSTRAP_ADMIN_USERNAME": KEYCLOAK_ADMINISTRATOR,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.admin_password,
        }

    @property
    def _begun(self) -> Path:
        return self.home / _BEGUN


def _named_by_the_realm() -> frozenset[str]:
    """The variables that the realm file takes its values from: Keycloak is told no others."""
    return frozenset(re.findall(r"CQRS_\w+", (REALM_FILES / "realm.json").read_text()))


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _make_empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _copy_themes(themes: Path, page_files: Path) -> None:
    shutil.rmtree(themes, ignore_errors=True)
    shutil.copytree(REALM_FILES / "themes", themes)
    for login in themes.glob("*/login"):
        copy_page_files(page_files, login / "resources" / "nhsuk")
