"""Running servers for the tests, from whichever source this machine has."""
