#!/bin/sh
# PostgreSQL's image runs this once, on a new cluster: a database for each service, with its owner. The portal
# itself runs as another role, which `cqrs portal migrate` gives what it needs.
set -eu
. /secrets/environment

make_role() {
	psql --username postgres --set ON_ERROR_STOP=1 --set name="$1" --set password="$2" <<-'SQL'
		CREATE ROLE :"name" LOGIN PASSWORD :'password';
	SQL
}

make_database() {
	psql --username postgres --set ON_ERROR_STOP=1 --set name="$1" --set owner="$2" <<-'SQL'
		CREATE DATABASE :"name" OWNER :"owner";
	SQL
}

make_role keycloak "$KC_DB_PASSWORD"
make_role portal_owner "$PORTAL_OWNER_DB_PASSWORD"
make_role portal "$PORTAL_DB_PASSWORD"
make_database keycloak keycloak
make_database portal portal_owner
