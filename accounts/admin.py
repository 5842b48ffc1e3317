"""The desk for accounts: people, the visitors before them, their settings."""

# mypy: disable-error-code="type-arg"
# Django's admin classes take type arguments only while types are checked.
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as FrameworkUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from accounts.models import ApiKey, User, UserSettings, Visitor


class NewUserForm(AdminUserCreationForm):
    """A new user by e-mail address."""

    class Meta:
        model = User
        fields = ("email",)
        field_classes = {"email": forms.EmailField}


class ChangeUserForm(UserChangeForm):
    """An existing user by e-mail address."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": forms.EmailField}


class UserSettingsInline(admin.StackedInline):
    """Settings and the exceptional allowance, beside the user."""

    model = UserSettings
    can_delete = False


@admin.register(User)
class UserAdmin(FrameworkUserAdmin):
    """Users by address and name."""

    form = ChangeUserForm
    add_form = NewUserForm
    list_display = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined")
    search_fields = ("email", "name")
    ordering = ("-date_joined",)
    readonly_fields = ("id", "date_joined", "last_login")
    inlines = [UserSettingsInline]
    fieldsets = (
        (None, {"fields": ("id", "email", "name", "password")}),
        (
            "Rights",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if obj is None else [*self.inlines]


@admin.register(Visitor)
class VisitorAdmin(admin.ModelAdmin):
    """Visitors are facts: to look at and to delete, not to edit."""

    list_display = ("id", "created_at", "short_address_hash")
    list_filter = ("created_at",)
    search_fields = ("id", "address_hash", "device_hash")
    readonly_fields = ("id", "address_hash", "device_hash", "created_at")

    @admin.display(description="address hash")
    def short_address_hash(self, visitor: Visitor) -> str:
        """Enough of the hash to see which visitors share an address."""
        return visitor.address_hash[:12]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(UserSettings)
class UserSettingsAdmin(admin.ModelAdmin):
    """Settings of users; `daily_allowance` is the exception one can grant here."""

    list_display = ("user", "theme", "default_commission", "daily_allowance", "updated_at")
    list_filter = ("theme", ("daily_allowance", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("user__email",)
    autocomplete_fields = ("user",)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    """Users' own keys: which there are, never what they are; staff may remove one."""

    list_display = ("name", "user", "kind", "model", "last_four", "is_active", "validated_at")
    list_filter = ("kind", "is_active", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "name", "model")
    fields = (*list_display, "base_url", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
