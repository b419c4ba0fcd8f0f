"""Small builders of organisations, people and requests for tests of the portal."""
