"""The idea box and the editor: shape only; lengths, days and symbols are checked by services."""

import json
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


def _symbol(help_text: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "SPX"})
    return forms.CharField(
        label="Symbol", required=False, max_length=60, help_text=help_text, widget=widget
    )


class SettingsForm(forms.Form):
    """What a person may say beside an idea or a script."""

    # The fields of a subclass that go to the service under their own names.
    asked: tuple[str, ...] = ()

    symbol = _symbol("If the idea does not name one: SPX.")
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
    # The same form sent twice is one run: a double click, a reload, a slow line.
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.mark_invalid_fields()

    def mark_invalid_fields(self) -> None:
        """Tie each wrong field to its sentence, for those who hear the page."""
        if not self.is_bound:
            return
        for name in self.errors:
            if name in self.fields:
                attributes = self.fields[name].widget.attrs
                told = [*attributes.get("aria-describedby", "").split(), f"{name}-error"]
                described = " ".join(dict.fromkeys(told))
                attributes |= {"aria-invalid": "true", "aria-describedby": described}

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
        asked = {
            name: given[name] for name in (*self.asked, "symbol", "start", "end", "commission")
        }
        costs = {name: given[name] for name in COSTS if given[name]}
        return asked | {"costs": costs, "holdout": HOLDOUT if given["holdout"] else None}

    def take_errors(self, errors: dict[str, list[str]]) -> None:
        """Show what a service found beside the fields it found it in."""
        for name, sentences in errors.items():
            field = name.removeprefix("requested_")
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)
        self.mark_invalid_fields()


class IdeaForm(SettingsForm):
    """An idea in words, and what a person may add beside it."""

    asked = ("idea",)

    idea = forms.CharField(
        label="Your idea",
        strip=True,
        error_messages={"required": "Write what should be bought or sold, and when."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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


class ScriptForm(SettingsForm):
    """A script, and what it is tried with."""

    asked = ("script", "params", "initial_capital")

    script = forms.CharField(
        label="Script",
        strip=False,
        error_messages={"required": "Write a script, or start from one of the examples."},
        widget=forms.Textarea(
            {
                "rows": 24,
                "wrap": "off",
                "spellcheck": "false",
                "autocomplete": "off",
                "autocapitalize": "off",
                "autocorrect": "off",
                "aria-describedby": "keys",
            }
        ),
    )
    symbol = _symbol("SPX if empty; several with commas.")
    initial_capital = _number("Capital")
    params = forms.CharField(
        label="Parameters",
        required=False,
        max_length=2000,
        help_text="Where they differ from PARAMS.",
        widget=forms.TextInput({"autocomplete": "off", "placeholder": '{"days": 20}'}),
    )

    @property
    def costs(self) -> list[forms.BoundField]:
        """The costs beyond the commission, which stands by itself on this page."""
        return [self[name] for name in COSTS]

    @classmethod
    def of(cls, script: str, asked: dict[str, Any], key: str) -> "ScriptForm":
        """The form as it is first shown, with settings as `scripting.settings_of` tells them."""
        costs = asked.get("costs") or {}
        values = {"script": script, "key": key, **asked, **costs}
        for name in (*PERCENTS, *AMOUNTS, "initial_capital"):
            if values.get(name) is not None:
                number = float(values[name]) * (100 if name in PERCENTS else 1)
                values[name] = f"{number:.10g}"
        values["params"] = json.dumps(asked["params"]) if asked.get("params") else ""
        return cls(initial=values)

    def clean_params(self) -> dict[str, Any]:
        """The parameters as an object; what its values may be is the service's question."""
        text = self.cleaned_data["params"].strip()
        try:
            found = json.loads(text or "{}")
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError('Write them as {"days": 20}.')
        return found
