"""The room's part of the API: the same actions and the same sight as the pages."""
