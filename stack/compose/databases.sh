#!/bin/sh
# PostgreSQL's image runs this once, on a new cluster: a database for each service, owned by its own role.
set -eu
. /secrets/environment

for name in keycloak portal; do
	case "$name" in
	keycloak) password=$KC_DB_PASSWORD ;;
	portal) password=$PORTAL_DB_PASSWORD ;;
	esac
	psql --username postgres --set ON_ERROR_STOP=1 --set name="$name" --set password="$password" <<-'SQL'
		CREATE ROLE :"name" LOGIN PASSWORD :'password';
		CREATE DATABASE :"name" OWNER :"name";
	SQL
done
