"""What answers by a checked Program: two that decide, one for questions, and decisions in words."""
