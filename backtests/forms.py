"""The idea box: shape only; lengths, days and symbols are checked by the service."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

# Costs that a person gives in percent; inside, everything is a fraction.
PERCENTS = ("commission", "slippage", "half_spread", "borrow_rate", "cash_rate")
AMOUNTS = ("fee_per_unit", "fixed_fee", "minimum_fee")
COSTS = (*PERCENTS[1:], *AMOUNTS, "whole_units")
HOLDOUT = "0.2"


def _number(label: str, help_text: str = "") -> forms.FloatField:
    widget = forms.NumberInput({"step": "any", "min": "0"})
    return forms.FloatField(label=label, required=False, help_text=help_text, widget=widget)


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
    commission = _number("Commission, % a side", "0.1 is one in a thousand.")
    slippage = _number("Slippage, %", "Every fill is this much worse.")
    half_spread = _number("Half the spread, %")
    fee_per_unit = _number("Fee a unit")
    fixed_fee = _number("Fee a fill")
    minimum_fee = _number("Fee a fill, at least")
    borrow_rate = _number("Borrowing, % a year", "On short positions.")
    cash_rate = _number("Interest, % a year", "On idle money.")
    whole_units = forms.BooleanField(label="Whole units only", required=False)
    holdout = forms.BooleanField(
        label="Seal the last 20 % of the days",
        required=False,
        help_text="Nobody reads them, until you unseal them for one test of the idea.",
    )
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)
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

    @property
    def costs(self) -> list[forms.BoundField]:
        """The fields about costs, as the page lists them."""
        return [self[name] for name in ("commission", *COSTS)]

    @property
    def says_costs(self) -> bool:
        """Whether any of them is filled in or wrong."""
        return any(field.value() or field.errors for field in self.costs)

    def request(self) -> dict[str, Any]:
        """What the service is asked for; key and parent are the page's business."""
        given = dict(self.cleaned_data)
        for name in PERCENTS:
            given[name] = None if given[name] is None else round(given[name] / 100, 12)
        asked = {name: given[name] for name in ("idea", "symbol", "start", "end", "commission")}
        costs = {name: given[name] for name in COSTS if given[name]}
        return asked | {"costs": costs, "holdout": HOLDOUT if given["holdout"] else None}

    def take_errors(self, errors: dict[str, list[str]]) -> None:
        """Show what a service found beside the fields it found it in."""
        for name, sentences in errors.items():
            field = name.removeprefix("requested_")
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)
        self.mark_invalid_fields()
