"""Pages for those at the door, and for what belongs to a member alone."""
