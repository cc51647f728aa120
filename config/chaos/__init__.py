"""`chaos`: break everything that can break, in a stack of its own, and count from the outside what was lost or doubled.

Nothing of it runs in production. docs/chaos.md says what is broken and how to read the table.
"""
