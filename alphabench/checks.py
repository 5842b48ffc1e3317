"""Configuration mistakes, found before they are felt: `manage.py check` lists them by number."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from accounts import encryption
from sandbox import prove

SHORTEST_SECRET = 32
LEVELS = ("A", "B")
CONSOLE_MAIL = "django.core.mail.backends.console.EmailBackend"
POSITIVE = (
    "IDEA_MAX_LENGTH",
    "STAGE_LEASE_SECONDS",
    "STAGE_MAX_ATTEMPTS",
    "LOOK_AHEAD_CUTS",
    "SANDBOX_MEMORY_MB",
    "SANDBOX_VALIDATION_SECONDS",
    "SANDBOX_EXECUTION_SECONDS",
    "DEFAULT_INITIAL_CAPITAL",
    "LLM_BREAKER_FAILURES",
    "LLM_BREAKER_SECONDS",
    "LLM_BREAKER_CONFIG_SECONDS",
)
NOT_NEGATIVE = (
    "DAILY_ALLOWANCE_VISITOR",
    "DAILY_ALLOWANCE_USER",
    "DAILY_ALLOWANCE_ADDRESS",
    "LLM_CACHE_SECONDS",
    "LLM_DAILY_TOKENS_VISITOR",
    "LLM_DAILY_TOKENS_USER",
    "LLM_DAILY_TOKENS_ADDRESS",
    "LLM_DAILY_DOLLARS_VISITOR",
    "LLM_DAILY_DOLLARS_USER",
    "LLM_DAILY_DOLLARS_ADDRESS",
    "MAX_REPAIRS",
    "DEFAULT_COMMISSION",
    "TRUSTED_PROXY_COUNT",
)

Apps = Sequence[AppConfig] | None


def _error(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"alphabench.E{number:03}")


def _warning(number: int, message: str, hint: str) -> Warning:
    return Warning(message, hint=hint, id=f"alphabench.W{number:03}")


@register(Tags.security)
def check_secret_key(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E001, E002: in production the key is our own and cannot be guessed."""
    if not settings.PRODUCTION:
        return []
    hint = "Set SECRET_KEY (or SECRET_KEY_FILE) to at least 50 random characters."
    if settings.SECRET_KEY_IS_MISSING:
        return [_error(1, "Production has no SECRET_KEY.", hint)]
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        return [_error(2, f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters.", hint)]
    return []


@register(Tags.security)
def check_debug(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E003: error pages with the source are for developers."""
    if settings.PRODUCTION and settings.DEBUG:
        return [_error(3, "Production runs with DEBUG.", "Remove DEBUG from the environment.")]
    return []


@register(Tags.security)
def check_allowed_hosts(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E004: the site answers to its own names only."""
    hosts = set(settings.ALLOWED_HOSTS)
    hint = "Set ALLOWED_HOSTS to the site's own names, separated by commas."
    if not hosts:
        return [_error(4, "ALLOWED_HOSTS is empty: every request would be refused.", hint)]
    if settings.PRODUCTION and "*" in hosts:
        return [_error(4, "ALLOWED_HOSTS lets every host name in.", hint)]
    if settings.PRODUCTION and hosts <= {"localhost", "127.0.0.1", "[::1]"}:
        return [_error(4, "ALLOWED_HOSTS holds only names of this machine itself.", hint)]
    return []


@register(Tags.security)
def check_cookies(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E005: cookies that open accounts travel over HTTPS only."""
    if settings.PRODUCTION and not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        return [
            _error(
                5,
                "Cookies may travel over plain HTTP in production.",
                "Remove HTTPS=0 and put a proxy that speaks HTTPS in front.",
            )
        ]
    return []


@register(Tags.database)
def check_database(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E006: several machines cannot share a SQLite file."""
    if settings.PRODUCTION and not settings.DATABASE_URL:
        return [
            _error(
                6,
                "Production has no DATABASE_URL.",
                "Set DATABASE_URL=postgres://user:password@host:5432/name.",
            )
        ]
    return []


@register(Tags.caches)
def check_redis(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E007: web servers and workers meet at one broker."""
    if settings.PRODUCTION and not settings.REDIS_URL:
        return [_error(7, "Production has no REDIS_URL.", "Set REDIS_URL=redis://host:6379/0.")]
    return []


@register(Tags.security)
def check_sandbox_level(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E008, W009: what is demanded of the sandbox is a level there is, in production the best."""
    level = settings.SANDBOX_MIN_LEVEL
    if level not in LEVELS:
        return [
            _error(
                8,
                f"SANDBOX_MIN_LEVEL={level!r} is no level: untrusted code would run unguarded.",
                "Set it to A (namespaces as well) or B.",
            )
        ]
    if settings.PRODUCTION and level != "A":
        return [
            _warning(
                9,
                "Production accepts a sandbox without namespaces.",
                "Set SANDBOX_MIN_LEVEL=A where the kernel allows namespaces.",
            )
        ]
    return []


@register("sandbox")
def check_sandbox_works(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E013, W013: every layer is tried, in a process of its own; below the level nothing runs."""
    if settings.SANDBOX_MIN_LEVEL not in LEVELS:
        return []  # E008 says so
    proof = prove()
    problem = proof.problem(settings.SANDBOX_MIN_LEVEL)
    hint = "Ideas are understood and refused runs are told why; no script is run meanwhile."
    if not problem:
        return []
    return [_error(13, problem, hint) if settings.PRODUCTION else _warning(13, problem, hint)]


@register(Tags.security)
def check_mail(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """W010: a forgotten password needs a letter that arrives."""
    if settings.PRODUCTION and settings.EMAIL_BACKEND == CONSOLE_MAIL:
        return [
            _warning(
                10,
                "Mail is printed to the log instead of being sent.",
                "Set EMAIL_HOST (and EMAIL_HOST_USER, EMAIL_HOST_PASSWORD).",
            )
        ]
    return []


@register(Tags.security)
def check_proxies(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """W011: behind a proxy, everybody would share the proxy's address and its allowance."""
    if settings.PRODUCTION and settings.SECURE_SSL_REDIRECT and not settings.TRUSTED_PROXY_COUNT:
        return [
            _warning(
                11,
                "All visitors seem to come from the proxy's address.",
                "Set TRUSTED_PROXY_COUNT to the number of proxies in front (usually 1).",
            )
        ]
    return []


@register(Tags.security)
def check_field_encryption(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E014, E015: what users store in secret is encrypted with keys of its own, well formed."""
    hint = (
        "Set FIELD_ENCRYPTION_KEYS (or FIELD_ENCRYPTION_KEYS_FILE) to keys made by "
        "cryptography.fernet.Fernet.generate_key(), the newest first, separated by commas."
    )
    if not settings.FIELD_ENCRYPTION_KEYS:
        missing = "Production has no FIELD_ENCRYPTION_KEYS: users cannot store keys."
        return [_error(14, missing, hint)] if settings.PRODUCTION else []
    wrong = encryption.malformed_keys()
    if wrong:
        numbers = ", ".join(map(str, wrong))
        return [_error(15, f"Not a Fernet key: number {numbers} of FIELD_ENCRYPTION_KEYS.", hint)]
    return []


@register(Tags.security)
def check_private_addresses(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """W016: whoever has an account could have our servers call addresses inside the network."""
    if settings.PRODUCTION and settings.OWN_KEY_PRIVATE_ADDRESSES:
        return [
            _warning(
                16,
                "Users may have this site call addresses inside its own network.",
                "Remove OWN_KEY_PRIVATE_ADDRESSES unless every user may reach them anyway.",
            )
        ]
    return []


@register()
def check_limits(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """E012: a limit below zero limits nothing that anybody meant."""
    wrong = [
        f"{name}={getattr(settings, name)}" for name in POSITIVE if getattr(settings, name) <= 0
    ]
    wrong += [
        f"{name}={getattr(settings, name)}" for name in NOT_NEGATIVE if getattr(settings, name) < 0
    ]
    return [_error(12, f"{text} makes no sense.", "Set it to a larger number.") for text in wrong]
