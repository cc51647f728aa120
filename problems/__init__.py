"""Problems, root-cause analysis, known errors: the room is laid out in ``docs/architecture.md`` and still empty."""
