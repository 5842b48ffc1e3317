"""Endpoints: who am I, my settings, a token for a script."""

from typing import cast

from django.core.exceptions import ValidationError
from django.utils.decorators import method_decorator
from django_ratelimit.decorators import ratelimit
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import serializers
from accounts.models import User, UserSettings
from accounts.ratelimits import by_network
from accounts.tokens import CredentialsRefused, issue_tokens

LOCKED_OUT_SECONDS = 300


class MeView(generics.RetrieveUpdateAPIView[User]):
    """The user who asks."""

    serializer_class = serializers.UserSerializer
    permission_classes = [IsAuthenticated]
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self) -> User:
        return cast(User, self.request.user)


class MySettingsView(generics.RetrieveUpdateAPIView[UserSettings]):
    """The settings of the user who asks."""

    serializer_class = serializers.UserSettingsSerializer
    permission_classes = [IsAuthenticated]
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self) -> UserSettings:
        return UserSettings.of(cast(User, self.request.user))


class TokenView(APIView):
    """An access and a refresh token for address and password, for scripts."""

    # A stale token or session sent along is not looked at: this is where one gets a new one.
    authentication_classes = ()

    @extend_schema(
        operation_id="token_create",
        request=serializers.CredentialsSerializer,
        responses=serializers.TokenSerializer,
    )
    @method_decorator(ratelimit(group="token", key=by_network, rate="20/m", method="POST"))
    def post(self, request: Request) -> Response:
        """Return the tokens; 401 for wrong credentials, 429 after too many of them."""
        credentials = serializers.CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        try:
            tokens = issue_tokens(request=request._request, **credentials.validated_data)
        except ValidationError as error:
            raise exceptions.Throttled(wait=LOCKED_OUT_SECONDS, detail=error.messages[0]) from None
        except CredentialsRefused as error:
            raise Refused(str(error), code=error.code) from None
        return Response(serializers.TokenSerializer(tokens).data)


class Refused(exceptions.APIException):
    """Wrong credentials; no challenge is sent, a browser must not ask for a password."""

    status_code = 401
