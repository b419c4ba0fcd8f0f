# The images of docker-compose.yml: our own programs, the same with what it takes to try them out, and Keycloak
# with our theme and its build options. One file, so that what they share is made once.

FROM node:24.11.1-slim AS npm
WORKDIR /frontend
COPY stack/frontend/package.json stack/frontend/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11.14-slim AS libraries
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/service.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/service.txt

# A checkout's files may be their owner's alone, and the programs run as another user.
FROM libraries AS code
COPY commands commands
COPY directory directory
COPY keycloak-realm keycloak-realm
COPY portal portal
COPY stack stack
COPY sync sync
COPY --from=npm /frontend/node_modules/nhsuk-frontend /nhsuk-frontend
RUN python -m stack.page_files /nhsuk-frontend portal/web/static/vendor/nhsuk && chmod -R a+rX /app
RUN python -m commands realm passwords /passwords.txt && chmod a+r /passwords.txt

FROM libraries AS service
RUN useradd --system --uid 10001 --home-dir /nonexistent cqrs
COPY --from=code /app/commands commands
COPY --from=code /app/directory directory
COPY --from=code /app/keycloak-realm/*.json keycloak-realm/
COPY --from=code /app/portal portal
COPY --from=code /app/stack/__init__.py /app/stack/disk.py /app/stack/environment.py /app/stack/settings.py stack/
COPY --from=code /app/stack/compose/__init__.py /app/stack/compose/healthy.py /app/stack/compose/with-secrets stack/compose/
COPY --from=code /app/sync sync
USER cqrs
ENTRYPOINT ["/app/stack/compose/with-secrets"]
CMD ["gunicorn", "-c", "python:portal.web.gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]

# To try it out: the sample's people, the mail catcher, and the making of secrets.
FROM service AS trial
USER root
COPY requirements/mail.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/mail.txt && install -d -o cqrs /state /mail
COPY --from=code /app/keycloak-realm keycloak-realm
COPY --from=code /app/stack stack
USER cqrs

# Keycloak's own program makes the filter of the list, so that it need not read the list at each start.
FROM keycloak/keycloak:26.7.4 AS passwords
COPY --from=code /passwords.txt /tmp/passwords.txt
RUN /opt/keycloak/bin/kc.sh tools build-password-denylist /tmp/passwords.txt --output /tmp/passwords.bloom

FROM keycloak/keycloak:26.7.4 AS keycloak
ENV KC_DB=postgres KC_HEALTH_ENABLED=true KC_METRICS_ENABLED=true \
    KC_FEATURES_DISABLED=ciba,device-flow,docker,impersonation,kerberos,organization,twitter-broker
COPY --from=code /app/keycloak-realm/themes /opt/keycloak/themes
COPY --from=code /app/portal/web/static/vendor/nhsuk /opt/keycloak/themes/cqrs/login/resources/nhsuk
COPY --from=code /passwords.txt /opt/keycloak/data/password-blacklists/cqrs-common-passwords.txt
COPY --from=passwords /tmp/passwords.bloom /opt/keycloak/data/password-blacklists/cqrs-common-passwords.bloom
COPY --from=code /app/keycloak-realm/realm.json /opt/keycloak/data/import/realm.json
COPY --from=code /app/stack/compose/with-secrets /opt/cqrs/with-secrets
RUN /opt/keycloak/bin/kc.sh build
ENTRYPOINT ["/opt/cqrs/with-secrets", "/opt/keycloak/bin/kc.sh"]
CMD ["start", "--optimized", "--import-realm"]
