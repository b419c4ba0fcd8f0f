"""How gunicorn serves the portal, with `-c python:portal.web.gunicorn`; addresses are said at its start."""

from portal.logs import logging_settings

wsgi_app = "portal.application:create_app()"
preload_app = True
worker_class = "portal.web.whole_requests.WholeRequests"
logconfig_dict = logging_settings()
control_socket_disable = True
