"""The tenant, and the host names by which it is found. Both are global: they are read before anything is bound."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.wall.binding import current_organisation_id
from tenancy.wall.constraints import OrganisationWalled
from tenancy.wall.written import Written


class Organisation(models.Model):
    """One customer with its own people, rules, data and branding; nothing crosses its wall."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("short name"), unique=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#1d4ed8",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as # and six hexadecimal digits."))],
    )
    logo = models.FileField(_("logo"), blank=True, max_length=200)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin")
    sender_address = models.EmailField(_("sender address"), help_text=_("Mails to your people come from here."))
    is_active = models.BooleanField(default=True)
    requires_second_factor = models.BooleanField(
        _("staff need a second factor"), default=False, help_text=_("Nobody enters the desk without one.")
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("name and look")
        constraints = [OrganisationWalled(name="tenancy_organisation_wall")]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_url(self) -> str:
        """Where the logo is served, or an empty text."""
        return f"/branding/logo?{str(self.logo.name).rsplit('/', 1)[-1][:8]}" if self.logo else ""


class HostManager(models.Manager["Host"]):
    """Hosts of all organisations: they are what an organisation is found by."""

    def canonical(self) -> "Host":
        """The bound organisation's host that stands in every link we send, with the organisation itself."""
        found = _canonical.first()
        if found is None:
            raise Host.DoesNotExist
        return found


def canonical_host() -> models.QuerySet["Host"]:
    """The same as a query, for whoever wants to know something besides."""
    here = current_organisation_id()
    return Host.objects.select_related("organisation").filter(organisation_id=here, is_canonical=True)


_canonical: Written["Host"] = Written(canonical_host)


class Host(models.Model):
    """A host name that leads to an organisation; the canonical one stands in every link we send."""

    name = models.CharField(_("host name"), max_length=253, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="hosts")
    is_canonical = models.BooleanField(default=False)

    objects = HostManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_canonical=True),
                name="tenancy_host_one_canonical",
            ),
            models.CheckConstraint(condition=models.Q(name=models.functions.Lower("name")), name="tenancy_host_lower"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def name_in(asked: str) -> str:
        """The host name in what a request calls its host: without the port, and as it is kept here."""
        return asked.rsplit(":", 1)[0].lower().rstrip(".")

    @property
    def address(self) -> str:
        """The address people type, scheme and port included."""
        port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
        return f"{settings.PUBLIC_SCHEME}://{self.name}{port}"
