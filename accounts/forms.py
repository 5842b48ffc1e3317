"""The forms of the account page."""

# mypy: disable-error-code="type-arg"
# Django's ModelForm takes a type argument only while types are checked.
from decimal import Decimal
from typing import Any

from django import forms

from accounts import api_keys
from accounts.models import ApiKey, User, UserSettings


class NameForm(forms.ModelForm):
    """How the user wants to be called."""

    class Meta:
        model = User
        fields = ("name",)


class ThemeForm(forms.ModelForm):
    """Light, dark, or as the system."""

    class Meta:
        model = UserSettings
        fields = ("theme",)


class DefaultsForm(forms.ModelForm):
    """What a backtest assumes when the idea does not say; costs are typed in percent."""

    default_commission = forms.DecimalField(
        label="Costs per side, in percent",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(20),
        max_digits=6,
        decimal_places=4,
        help_text="Commission and half the spread together. Empty: the site's default.",
    )

    class Meta:
        model = UserSettings
        fields = ("default_commission", "default_initial_capital")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.default_commission
        if stored is not None:
            self.initial["default_commission"] = f"{(stored * 100).normalize():f}"

    def clean_default_commission(self) -> Decimal | None:
        typed: Decimal | None = self.cleaned_data["default_commission"]
        return None if typed is None else typed / 100


class NewKeyForm(forms.ModelForm):
    """A key of one's own for a language model."""

    key = forms.CharField(
        max_length=api_keys.LONGEST_KEY,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Stored encrypted; only its last four characters are ever shown.",
    )

    class Meta:
        model = ApiKey
        fields = ("name", "kind", "base_url", "model")
        help_texts = {
            "base_url": "May stay empty for OpenAI and OpenRouter.",
            "model": "As the provider calls it, for example gpt-5.4-mini.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"].required = False

    def _post_clean(self) -> None:
        """The service checks and stores; the form shows its sentences beside the fields."""
        if self.errors:
            return
        try:
            self.instance = api_keys.create_key(user=self.instance.user, **self.cleaned_data)
        except forms.ValidationError as error:
            self.add_error(None, error)

    def save(self, commit: bool = True) -> ApiKey:
        """The key, which cleaning has stored."""
        row: ApiKey = self.instance
        return row
