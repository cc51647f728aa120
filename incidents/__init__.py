"""The incident: its record, lifecycle, priority, conversation and faces."""
