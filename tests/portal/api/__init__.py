"""The scope API on the directory in memory: every answer, and every refusal."""
