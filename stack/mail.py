"""The mail catcher as a part of the stack."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from stack.asking import answers_ok
from stack.process import Child, start


@dataclass(frozen=True)
class MailCatcher:
    """Keeps what it catches in the state folder. Both ports are on 127.0.0.1."""

    state: Path
    smtp_port: int
    web_port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.web_port}"

    def launch(self) -> Child:
        ports = "--smtp-port", str(self.smtp_port), "--web-port", str(self.web_port)
        return start(
            "mail catcher",
            [sys.executable, "-m", "stack.mailcatcher", "--folder", self.state / "mail", *ports],
            log=self.state / "logs" / "mail.log", environ=os.environ,
        )  # fmt: skip

    def healthy(self) -> bool:
        return answers_ok(f"http://127.0.0.1:{self.web_port}/health")
