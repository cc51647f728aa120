"""Pages for those who build; they exist only in development."""
