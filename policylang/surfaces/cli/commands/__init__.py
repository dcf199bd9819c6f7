"""One module a command: its examples, its options, and what it does."""
