"""Settings, one module per kind of place: development, production, test."""
