"""Pages that stand open hear at once that something has changed: server-sent events, answered before Django.

A view of Django's would hold a thread for as long as a page stands open. Here an open stream is two waiting coroutines:
no thread, no database connection. What a page may follow is asked of Django, by the very request that the page sent.
"""

from config.live.endpoint import Live

__all__ = ["Live"]
