"""The tests, and the bench that measures."""
