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


class AllowanceSerializer(serializers.Serializer[Any]):
    """What can still be done today (UTC)."""

    limit = serializers.IntegerField(allow_null=True)
    used = serializers.IntegerField()
    remaining = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField()
