"""The day on which an organisation was set up."""

from dataclasses import dataclass, field
from datetime import datetime

from config.demo.cast import Cast
from config.demo.house import House
from tenancy.members import Member


@dataclass
class Setup:
    """What is to be set up, by whom and when; the administrator comes first and does the rest."""

    house: House
    cast: Cast
    at: datetime
    administrator: Member = field(init=False)
