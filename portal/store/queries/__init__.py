"""Questions that only read, one file a subject. Lists come as pages."""
