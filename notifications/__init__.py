"""How we reach people: the outbox, its delivery and the channels."""
