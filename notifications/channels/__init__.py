"""How a message leaves the house: one module per channel, each with a ``session()`` that hands over messages."""


class Unreachable(Exception):
    """The channel itself is down; no message is to blame."""


class Interrupted(Exception):
    """The line broke during this message: it may have arrived or not."""


class Postponed(Exception):
    """This message was refused for now."""


class Undeliverable(Exception):
    """This message can never be delivered to this address."""
