"""Housekeeping for the installation: sessions that have expired."""

from datetime import datetime

from django.contrib.sessions.models import Session


def forget_sessions(*, at: datetime) -> int:
    """Delete the sessions that expired before that instant; return how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
