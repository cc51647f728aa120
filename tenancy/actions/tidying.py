"""Housekeeping for the installation: sessions that have expired."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


def forget_sessions(*, at: datetime) -> int:
    """Delete the sessions that expired before that instant; return how many."""
    count = Session.objects.filter(expire_date__lt=at).delete()[0]
    # Where somebody was signed in is nobody's business once they are not.
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return count
