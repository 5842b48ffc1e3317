"""Users and their settings as JSON."""

from typing import Any

from rest_framework import serializers

from accounts.models import ApiKey, User, UserSettings


class UserSerializer(serializers.ModelSerializer[User]):
    """The user who asks; the address changes only by confirming a new one."""

    class Meta:
        model = User
        fields = ("id", "email", "name", "date_joined")
        read_only_fields = ("id", "email", "date_joined")


class UserSettingsSerializer(serializers.ModelSerializer[UserSettings]):
    """What the user wants by default; the allowance is ours to set."""

    class Meta:
        model = UserSettings
        fields = ("theme", "default_commission", "default_initial_capital", "daily_allowance")
        read_only_fields = ("daily_allowance",)


class CredentialsSerializer(serializers.Serializer[Any]):
    """What a script signs in with."""

    email = serializers.EmailField()
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    """A pair of tokens; `/_allauth/app/v1/tokens/refresh` changes the second for a new pair."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds the access token is good for.")


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key of one's own; `key` is written and never read, `last_four` tells keys apart."""

    key = serializers.CharField(write_only=True, max_length=500)
    base_url = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="May be left out for OpenAI and OpenRouter; a change needs the key again.",
    )

    class Meta:
        model = ApiKey
        fields = (
            "id",
            "name",
            "kind",
            "base_url",
            "model",
            "key",
            "last_four",
            "is_active",
            "created_at",
            "validated_at",
        )
        read_only_fields = ("id", "last_four", "created_at", "validated_at")
        # One key in use is the service's rule, which moves it; the form of it is the database's.
        validators: tuple[Any, ...] = ()


class KeyCheckSerializer(serializers.Serializer[Any]):
    """What came of trying a key."""

    ok = serializers.BooleanField()
    message = serializers.CharField()
    milliseconds = serializers.IntegerField(allow_null=True)
    validated_at = serializers.DateTimeField(allow_null=True)
