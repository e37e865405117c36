"""Has no messages; ``pwb`` insists that it exists."""
