"""Which Keycloak this is: its version, and the checksum of the archive that it comes in."""

VERSION = "26.7.4"
SHA256 = "04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee"
