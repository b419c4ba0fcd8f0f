"""The containers of docker-compose.yml, seen to run: `make containers`."""
