"""Brings Keycloak's organisations in step with the NHS Organisation Data Service.

The way of one run: `files` (bytes to lines) -> `records` (lines to checked records) -> `desired` (the tree
those records describe) -> `plan` (what differs from the tree that Keycloak holds) -> `apply` (through
`directory.tree`). Everything before `apply` only reads, and `desired` and `plan` are pure.
"""
