#!/usr/bin/env python3
"""Stillwater's one entry: `up`, `test`, and every command of Django."""

import sys

if __name__ == "__main__":
    # Said here, in words that old Pythons can read, before anything newer is imported.
    if sys.version_info < (3, 11):
        sys.exit("Stillwater needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

    from config.launcher import main

    sys.exit(main())
