"""What a checked policy is, as plain data: the one thing that the language hands to the engines."""
