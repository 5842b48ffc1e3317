"""The idea box: shape only; lengths, days and symbols are checked by the service."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse


class IdeaForm(forms.Form):
    """An idea in words, and what a person may add beside it."""

    idea = forms.CharField(
        label="Your idea",
        strip=True,
        error_messages={"required": "Write what should be bought or sold, and when."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    symbol = forms.CharField(
        label="Symbol",
        required=False,
        max_length=60,
        help_text="If the idea does not name one: SPX.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "SPX"}),
    )
    start = forms.DateField(
        label="First day", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    end = forms.DateField(
        label="Last day", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    # The same form sent twice is one run: a double click, a reload, a slow line.
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["idea"].widget.attrs |= {
            "maxlength": settings.IDEA_MAX_LENGTH,
            "placeholder": "Buy … when …; sell when …",
            # As one types, the page shows how it will be read.
            "hx-post": reverse("backtests:reading"),
            "hx-trigger": "input changed delay:500ms, reading, "
            "input changed delay:500ms from:#id_symbol",
            "hx-target": "#reading",
            "hx-sync": "this:replace",
        }
        self.mark_invalid_fields()

    def mark_invalid_fields(self) -> None:
        """Tie each wrong field to its sentence, for those who hear the page."""
        if not self.is_bound:
            return
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"{name}-error",
                }

    def take_errors(self, errors: dict[str, list[str]]) -> None:
        """Show what a service found beside the fields it found it in."""
        for name, sentences in errors.items():
            field = name.removeprefix("requested_")
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)
        self.mark_invalid_fields()
