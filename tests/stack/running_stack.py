"""What is asked of a running stack from beside it: its programs, its database, its mails, its commands."""

import json
import os
import smtplib
import subprocess
import sys
from contextlib import suppress
from email.message import EmailMessage

import psutil
import psycopg

from stack.postgres import Postgres
from stack.service import answers_ok
from tests.browser.running import Run
from tests.stack.conftest import ROOT


def cqrs(run: Run, *words: str, **told: str) -> subprocess.CompletedProcess[str]:
    """A command beside the running stack, told only where its state is, and what else is said."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CQRS_")}
    environ |= {"CQRS_STATE": str(run.state)} | told
    return subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


def family(run: Run) -> list[psutil.Process]:
    """Every program of it, and all that these started."""
    return [each for pid in run.facts["pids"].values() for each in _with_children(pid)]


def _with_children(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def secrets_of(run: Run) -> dict[str, str]:
    """All that were made at its first start, by name."""
    made: dict[str, str] = json.loads((run.state / "secrets.json").read_text())
    return made


def secrets_held(run: Run) -> dict[str, set[str]]:
    """Of each program and all that it started: the secrets that its environment or words hold, by name."""
    made, held = secrets_of(run), {}
    for name, pid in run.facts["pids"].items():
        told = [text for process in _with_children(pid) for text in _told(process)]
        held[name] = {secret for secret, value in made.items() if any(value in text for text in told)}
    return held


def _told(process: psutil.Process) -> list[str]:
    """What it was told when it was started; nothing, once it has ended, as a database's own soon do."""
    with suppress(psutil.NoSuchProcess):
        return [*process.environ().values(), *process.cmdline()]
    return []


def listening(run: Run) -> set[str]:
    """The addresses at which any of them can be reached."""
    return {address for process in family(run) for address in _listens_on(process)}


def _listens_on(process: psutil.Process) -> list[str]:
    with suppress(psutil.NoSuchProcess):
        found = process.net_connections()
        return [each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN]
    return []


def port(run: Run, name: str) -> int:
    """That of a program which nobody chose one for."""
    return int(json.loads((run.state / "ports.json").read_text())[name])


def database(run: Run) -> Postgres:
    """Its PostgreSQL, for the database's administrator."""
    return Postgres(run.state, port(run, "postgres"), secrets_of(run)["postgres_password"], ())


def query(postgres: Postgres, statement: str) -> list[tuple[object, ...]]:
    """The rows that its administrator gets, none of a statement that has no rows."""
    plain = postgres.administrator_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def keycloak_is_healthy(run: Run) -> bool:
    return answers_ok(port(run, "keycloak_management"), "/health/ready")


def send_mail(run: Run, to: str) -> None:
    """A mail of two forms and with a link, to the mail catcher."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Ünïcode <b>", "desk@cqrs.example", to
    mail.set_content("Open https://portal.example/x?a=1&b=2.")
    mail.add_alternative("<a href='https://portal.example/y?a=1&amp;b=2'>y</a><script>x()</script>", "html")
    with smtplib.SMTP("127.0.0.1", port(run, "smtp")) as smtp:
        smtp.send_message(mail)
