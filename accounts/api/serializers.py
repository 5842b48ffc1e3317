"""Users and their settings as JSON."""

from typing import Any

from rest_framework import serializers

from accounts.models import User, UserSettings


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
