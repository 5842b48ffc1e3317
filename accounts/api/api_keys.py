"""Endpoints: a user's own keys for language models."""

from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django_ratelimit.decorators import ratelimit
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts import api_keys
from accounts.api.serializers import ApiKeySerializer, KeyCheckSerializer
from accounts.models import ApiKey, User
from accounts.ratelimits import CHECKS_OF_KEYS, by_user


class _OwnKeys(generics.GenericAPIView[ApiKey]):
    """What every endpoint here shares: keys are their owner's, others' do not exist."""

    serializer_class = ApiKeySerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ApiKey.objects.none()
        return ApiKey.objects.filter(user=cast(User, self.request.user))


class ApiKeyList(_OwnKeys, generics.ListCreateAPIView[ApiKey]):
    """The user's keys, or a new one."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="The same value gives the same key again; at most 100 characters.",
            )
        ]
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Store a key; it is in use at once unless `is_active` is false."""
        return super().post(request, *args, **kwargs)

    def perform_create(self, serializer: BaseSerializer[ApiKey]) -> None:
        values = dict(serializer.validated_data)
        once = self.request.headers.get("Idempotency-Key", "")
        if len(once) > 100:
            raise ValidationError({"Idempotency-Key": ["At most 100 characters."]})
        serializer.instance = api_keys.create_key(
            user=cast(User, self.request.user),
            use=values.pop("is_active", True),
            idempotency_key=once,
            **values,
        )


class ApiKeyDetail(_OwnKeys, generics.RetrieveUpdateDestroyAPIView[ApiKey]):
    """One key: look at it, change it, put it in or out of use, remove it."""

    http_method_names = ["get", "patch", "delete", "head", "options"]

    def perform_update(self, serializer: BaseSerializer[ApiKey]) -> None:
        row = cast(ApiKey, serializer.instance)
        serializer.instance = api_keys.change_key(api_key=row, **serializer.validated_data)

    def perform_destroy(self, instance: ApiKey) -> None:
        api_keys.delete_key(api_key=instance)


class ApiKeyValidate(APIView):
    """Try a key with one tiny call."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="api_keys_validate", request=None, responses={200: KeyCheckSerializer}
    )
    @method_decorator(
        ratelimit(group="api-key-check", key=by_user, rate=CHECKS_OF_KEYS, method="POST")
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Return whether the model answered; the key's owner pays for the few tokens."""
        row = get_object_or_404(ApiKey, pk=pk, user=cast(User, request.user))
        found = api_keys.try_key(api_key=row)
        answer = {
            "ok": found.ok,
            "message": found.message,
            "milliseconds": found.milliseconds,
            "validated_at": row.validated_at,
        }
        return Response(KeyCheckSerializer(answer).data)
