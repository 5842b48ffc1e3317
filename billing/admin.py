"""The desk for billing: plans and subscriptions to edit, usage, reservations, calls to read."""

# mypy: disable-error-code="type-arg"
# Django's admin classes take type arguments only while types are checked.
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from billing.models import ModelCall, Plan, Reservation, Subscription, UsageDay
from billing.services import release


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):
    """What can be chosen."""

    list_display = ("name", "code", "daily_allowance", "amount_cents", "currency", "is_offered")
    list_filter = ("is_offered", "currency")
    search_fields = ("code", "name")


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    """Who has what, and until when."""

    list_display = ("user", "plan", "status", "started_at", "ends_at")
    list_filter = ("status", "plan")
    list_select_related = ("user", "plan")
    search_fields = ("user__email",)
    autocomplete_fields = ("user", "plan")
    date_hierarchy = "started_at"


class FactAdmin(admin.ModelAdmin):
    """Facts are read here; services write them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(UsageDay)
class UsageDayAdmin(FactAdmin):
    """What was used on which day."""

    list_display = (
        "day",
        "user",
        "visitor",
        "short_address_hash",
        "used",
        "model_tokens",
        "model_dollars",
    )
    list_filter = ("day",)
    list_select_related = ("user", "visitor")
    search_fields = ("user__email", "visitor__id", "address_hash")
    date_hierarchy = "day"

    @admin.display(description="address hash")
    def short_address_hash(self, usage_day: UsageDay) -> str:
        """Enough of the hash to tell addresses apart."""
        return usage_day.address_hash[:12]

    @admin.display(description="model cost", ordering="model_microdollars")
    def model_dollars(self, usage_day: UsageDay) -> str:
        """What the site pays for the day's model calls, as far as prices are known."""
        return f"{usage_day.model_microdollars / 1e6:.4f} USD"


@admin.register(Reservation)
class ReservationAdmin(FactAdmin):
    """What is held for runs under way, and what became of it."""

    list_display = ("id", "usage_day", "status", "created_at", "closed_at")
    list_filter = ("status", "created_at")
    list_select_related = ("usage_day",)
    search_fields = ("id", "usage_day__user__email")
    actions = ["give_back"]

    @admin.action(description="Give the selected backtests back to their day")
    def give_back(self, request: HttpRequest, queryset: QuerySet[Reservation]) -> None:
        """Release what is still held, as a failed run would."""
        given = sum(release(reservation_id=pk) for pk in queryset.values_list("pk", flat=True))
        messages.success(request, f"{given} given back; what was settled before stays counted.")


@admin.register(ModelCall)
class ModelCallAdmin(FactAdmin):
    """What language models were asked for and what it cost, with the totals of what is listed."""

    list_display = (
        "created_at",
        "purpose",
        "model",
        "status",
        "user",
        "prompt_tokens",
        "completion_tokens",
        "shown_cost",
        "milliseconds",
        "from_cache",
        "own_key",
    )
    list_filter = (
        "purpose",
        "status",
        "from_cache",
        "own_key",
        ("cost", admin.EmptyFieldListFilter),
        "created_at",
        "model",
    )
    list_select_related = ("user",)
    search_fields = ("user__email", "visitor__id", "run", "model")
    date_hierarchy = "created_at"
    change_list_template = "admin/billing/model_calls.html"

    @admin.display(description="cost", ordering="cost")
    def shown_cost(self, call: ModelCall) -> str:
        """The amount with its currency; a dash where no price is known."""
        return "–" if call.cost is None else f"{call.cost.normalize():f} {call.currency}"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add the totals of the rows that the filters leave."""
        response = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", None) or {}
        if "cl" in listed:  # else the address was wrong and leads back to the list
            listed["totals"] = listed["cl"].queryset.totals()
        return response
