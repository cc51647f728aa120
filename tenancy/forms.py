"""The shape of what people type about themselves, people, and the look."""

from typing import TYPE_CHECKING, Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tenancy import pictures
from tenancy.choices import RecordChoice
from tenancy.drafts import Branding, Grants, Profile, TokenDraft, grants
from tenancy.models import Person, Scope, Team
from tenancy.models.people import ROLE_CHOICES
from tenancy.roles import LIMITABLE, Role

GIVEN_ROLES = [(value, label) for value, label in ROLE_CHOICES if value != Role.REQUESTER]
ZONES = [
    "UTC",
    *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
]
ZONE_CHOICES = [(zone, zone.replace("_", " ")) for zone in ZONES]
AS_THE_ORGANISATION = ("", _("As the organisation"))


if TYPE_CHECKING:  # generic for the type checker only
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class JoinForm(forms.Form):
    """What somebody without a login gives to join."""

    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password1 = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        help_text=_("At least ten characters. A few words that don't belong together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, mail: str, name: str) -> None:
        super().__init__(data, initial={"name": name})
        self.mail = mail

    def clean_password1(self) -> str:
        """Refuse what is easily guessed."""
        password: str = self.cleaned_data["password1"]
        validate_password(password, Person(email=self.mail))
        return password


class DeskForm(ModelForm):
    """A configuration form of the desk; shows the reason why an action refused what was typed."""

    refusal = ""

    def clean(self) -> dict[str, Any]:
        """Refuse what the action has refused."""
        cleaned = super().clean() or self.cleaned_data
        if self.refusal:
            raise ValidationError(self.refusal)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # The organisation is not on the form, yet uniqueness inside it is to be told before the database refuses.
        inherited: Any = super()
        excluded: set[str] = inherited._get_validation_exclusions()
        return excluded - {"organisation"}


class PreviewForm(DeskForm):
    """A form that can show what would come of it: sent by the button "Preview", it is good but not to be saved."""

    can_preview = True
    previews = False
    """Whether it was good, and is shown again to be looked at."""

    def is_valid(self) -> bool:
        """Whether it can be saved now."""
        valid = super().is_valid()
        self.previews = valid and "_preview" in self.data
        return valid and not self.previews


class ProfileForm(DeskForm):
    """What the organisation knows about a human."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[AS_THE_ORGANISATION, *settings.LANGUAGES]
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=[AS_THE_ORGANISATION, *ZONE_CHOICES])

    def profile(self) -> Profile:
        """What was typed, for the action."""
        given = {key: value for key, value in self.cleaned_data.items() if key in Profile.__slots__}
        manager = self.cleaned_data.get("manager")
        return Profile(**given, manager_id=manager.pk if manager else None)


class InvitationForm(DeskForm):
    """Whom to invite, and as what."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=GIVEN_ROLES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everyone can report incidents; no role is needed for that."),
    )
    team = RecordChoice(
        label=_("Only for team"),
        required=False,
        queryset=None,
        help_text=_("Limits the roles that work on incidents to this team's."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "team" in self.fields:
            cast(Any, self.fields["team"]).queryset = Team.objects.filter(is_active=True)

    def grants(self) -> Grants:
        """The roles that were ticked, limited where they can be."""
        team = self.cleaned_data["team"]
        return grants((role, team.pk if team and role in LIMITABLE else None) for role in self.cleaned_data["roles"])


class BrandingForm(DeskForm):
    """The organisation's name, look, language, time zone, and its rule for signing in."""

    class Meta:
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONE_CHOICES)
    picture = forms.FileField(
        label=_("New logo"), required=False, help_text=_("A PNG, JPEG or WebP picture of at most 1 MB.")
    )
    remove_picture = forms.BooleanField(label=_("Take the logo away"), required=False)

    def clean_picture(self) -> bytes | None:
        """Look at the content, whatever its name says, and draw it anew."""
        upload: UploadedFile | None = self.cleaned_data["picture"]
        if not upload:
            return None
        if (upload.size or 0) > pictures.MAX_BYTES:
            raise ValidationError(_("This file is larger than 1 MB."))
        try:
            return pictures.logo(upload.read())
        except pictures.BadPicture as error:
            raise ValidationError(_("This is not a PNG, JPEG or WebP picture that we can show.")) from error

    def draft(self) -> Branding:
        """What was typed, for the action."""
        given = {key: value for key, value in self.cleaned_data.items() if key in Branding.__slots__}
        logo = self.cleaned_data["picture"] or (b"" if self.cleaned_data["remove_picture"] else None)
        return Branding(**given, logo=logo)


class TokenForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("The program that will use it, so that you know it again."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("In your name, and never more than you may do yourself."),
    )
    days = forms.IntegerField(
        label=_("Good for how many days"),
        initial=settings.API_TOKEN_DEFAULT_DAYS,
        min_value=1,
        max_value=settings.API_TOKEN_MAX_DAYS,
    )

    def draft(self) -> TokenDraft:
        """What was typed, for the action."""
        given = self.cleaned_data
        return TokenDraft(name=given["name"], scopes=frozenset(given["scopes"]), days=given["days"])
