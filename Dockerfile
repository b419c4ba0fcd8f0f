# The images of docker-compose.yml: our own programs, and Keycloak with our theme and its build options.
# One file, so that the pages' files are fetched once for both.

FROM node:24.11.1-slim AS npm
WORKDIR /frontend
COPY stack/frontend/package.json stack/frontend/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11.14-slim AS libraries
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/service.txt requirements/mail.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/service.txt -r requirements/mail.txt

FROM libraries AS page-files
COPY stack stack
COPY --from=npm /frontend/node_modules/nhsuk-frontend /nhsuk-frontend
RUN python -m stack.page_files /nhsuk-frontend /nhsuk

FROM libraries AS service
RUN useradd --system --uid 10001 --home-dir /nonexistent cqrs && install -d -o cqrs /secrets /state /mail
COPY commands commands
COPY directory directory
COPY keycloak-realm keycloak-realm
COPY portal portal
COPY stack stack
COPY sync sync
COPY --from=page-files /nhsuk portal/web/static/vendor/nhsuk
USER cqrs
ENTRYPOINT ["/app/stack/compose/with-secrets"]
CMD ["gunicorn", "-c", "python:portal.web.gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]

FROM service AS passwords
RUN python -m commands realm passwords /tmp/passwords.txt

FROM keycloak/keycloak:26.7.4 AS keycloak
ENV KC_DB=postgres KC_HEALTH_ENABLED=true KC_METRICS_ENABLED=true \
    KC_FEATURES_DISABLED=ciba,device-flow,docker,impersonation,kerberos,organization,twitter-broker
COPY keycloak-realm/themes /opt/keycloak/themes
COPY --from=page-files /nhsuk /opt/keycloak/themes/cqrs/login/resources/nhsuk
COPY --from=passwords /tmp/passwords.txt /opt/keycloak/data/password-blacklists/cqrs-common-passwords.txt
COPY keycloak-realm/realm.json /opt/keycloak/data/import/realm.json
COPY stack/compose/with-secrets /opt/cqrs/with-secrets
RUN /opt/keycloak/bin/kc.sh build
ENTRYPOINT ["/opt/cqrs/with-secrets", "/opt/keycloak/bin/kc.sh"]
CMD ["start", "--optimized", "--import-realm"]
