"""What follows from an act, outside its transaction: one file a kind, each safe to repeat after any crash."""
