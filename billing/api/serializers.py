"""Plans, subscriptions and the allowance as JSON."""

from typing import Any

from rest_framework import serializers

from billing.models import Plan, Subscription


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A plan that can be chosen."""

    class Meta:
        model = Plan
        fields = ("code", "name", "description", "daily_allowance", "amount_cents", "currency")


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    """A subscription with its plan."""

    plan = PlanSerializer()

    class Meta:
        model = Subscription
        fields = ("id", "plan", "status", "started_at", "ends_at")


class ModelDaySerializer(serializers.Serializer[Any]):
    """Today's budget for the site's language model, and what is used or held of it."""

    tokens_limit = serializers.IntegerField()
    tokens_used = serializers.IntegerField()
    dollars_limit = serializers.DecimalField(max_digits=14, decimal_places=6)
    dollars_used = serializers.DecimalField(max_digits=14, decimal_places=6)


class AllowanceSerializer(serializers.Serializer[Any]):
    """What can still be done today (UTC)."""

    limit = serializers.IntegerField(allow_null=True)
    used = serializers.IntegerField()
    remaining = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField()
    model = ModelDaySerializer(allow_null=True, help_text="Null where the site has no model.")
