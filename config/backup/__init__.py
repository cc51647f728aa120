"""One archive of database and files, taken while everything runs and put back into an empty stack."""

from config.backup.archive import Unusable
from config.backup.putting_back import put_back
from config.backup.taking import take

__all__ = ["Unusable", "put_back", "take"]
