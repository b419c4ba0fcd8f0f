"""Applications that use these accounts, to read and to try. Nothing of ours imports them."""
