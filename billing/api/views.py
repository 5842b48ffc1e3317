"""Endpoints: what can be chosen, what one has, what is left today."""

from dataclasses import asdict
from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Owner
from accounts.models import User
from billing import model_budget, services
from billing.api.serializers import AllowanceSerializer, PlanSerializer, SubscriptionSerializer


class AllowanceView(APIView):
    """The day's allowance of a user or visitor."""

    @extend_schema(operation_id="allowance_retrieve", responses=AllowanceSerializer)
    def get(self, request: Request) -> Response:
        """Return limit, used, remaining and when the day ends."""
        owner = Owner.of(request)
        day = asdict(services.allowance_for(owner)) | {"model": model_budget.today(owner)}
        return Response(AllowanceSerializer(day).data)


class PlanListView(APIView):
    """The plans on offer."""

    @extend_schema(operation_id="plans_list", responses=PlanSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return the plans in their order; there are few, so they come on one page."""
        return Response(PlanSerializer(services.offered_plans(), many=True).data)


class ActiveSubscriptionView(APIView):
    """The subscription that gives the user rights now."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="subscription_active_retrieve", responses=SubscriptionSerializer)
    def get(self, request: Request) -> Response:
        """Return it, or 404 for whoever has none."""
        subscription = services.active_subscription(cast(User, request.user))
        if subscription is None:
            raise NotFound("You have no subscription.")
        return Response(SubscriptionSerializer(subscription).data)
