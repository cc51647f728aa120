"""Tokens of password resets; apart from the adapter, because allauth needs both while it is being imported."""

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from django.contrib.auth.base_user import AbstractBaseUser

from tenancy.wall import current_organisation_id


class ResetTokens(EmailAwarePasswordResetTokenGenerator):
    """Tokens that are good in the organisation whose mail brought them, and nowhere else."""

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{current_organisation_id()}"
