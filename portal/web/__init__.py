"""What Flask needs around the pages: who may open what, sessions, sign-in, headers, error pages."""
