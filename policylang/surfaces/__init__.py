"""Where people and machines meet the engine."""
