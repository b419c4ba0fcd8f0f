"""How gunicorn serves the portal, with `-c python:portal.web.gunicorn`; addresses are said at its start.

The figures of all its processes are added up, and served by the first of them on a port of their own: each
writes its own into a folder, which has to be named before anything that counts is loaded.
"""

import os
import shutil
import tempfile
from typing import Any

from portal.logs import logging_settings

_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
_figures_port = int(os.environ.get("CQRS_WEB_METRICS_PORT") or 0)
if _figures_port:
    os.environ[_FIGURES] = tempfile.mkdtemp(prefix="cqrs-figures-")

wsgi_app = "portal.application:create_app()"
preload_app = True
worker_class = "portal.web.whole_requests.WholeRequests"
logconfig_dict = logging_settings()
control_socket_disable = True


def when_ready(server: Any) -> None:  # noqa: ARG001
    """Serves the figures, where a port is named for them."""
    from prometheus_client import CollectorRegistry, multiprocess, start_http_server  # noqa: PLC0415

    if _figures_port:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        host = os.environ.get("CQRS_METRICS_HOST") or "127.0.0.1"
        start_http_server(_figures_port, host, registry)


def on_exit(server: Any) -> None:  # noqa: ARG001
    """Leaves nothing behind."""
    if _figures_port:
        shutil.rmtree(os.environ[_FIGURES], ignore_errors=True)
