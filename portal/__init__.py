"""The portal: a Flask application in front of Keycloak. `portal.application` puts it together."""
