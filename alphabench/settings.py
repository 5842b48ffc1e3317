"""Every setting of alphabench, read from the environment; with none set, the embedded stack.

`.env.example` documents each variable. Sections follow Django's own order.
"""

import hashlib
import logging
import os
import tempfile
from datetime import timedelta
from pathlib import Path

import dj_database_url

from alphabench.environment import env_bool, env_float, env_int, env_list, env_price, env_str
from alphabench.observability import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env_str("ALPHABENCH_VAR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _socket_dir() -> Path:
    """Where Unix sockets live: `var/run`, or a short path when that one is too long for them."""
    # sockaddr_un holds 108 bytes; a clone deep in a home directory would exceed it.
    wanted = VAR_DIR / "run"
    if len(str(wanted)) <= 80:
        return wanted
    digest = hashlib.sha256(str(VAR_DIR).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"alphabench-{os.getuid()}-{digest}"


RUN_DIR = _socket_dir()
RUN_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# Core
DEBUG = env_bool("DEBUG", False)
PRODUCTION = env_bool("PRODUCTION", False)


def _local_secret() -> str:
    """A random key, made once and kept in `var/`, so that nobody shares a default."""
    path = VAR_DIR / "secret_key"
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(os.urandom(48).hex())
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = env_str("SECRET_KEY") or ("" if PRODUCTION else _local_secret())
# Production without a key is reported by check alphabench.E001, which needs a value to start.
SECRET_KEY_IS_MISSING = not SECRET_KEY
SECRET_KEY = SECRET_KEY or "missing"
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "alphabench.urls"
WSGI_APPLICATION = "alphabench.wsgi.application"
ASGI_APPLICATION = "alphabench.asgi.application"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "django_celery_beat",
    "django_celery_results",
    "django_htmx",
    "django_structlog",
    "csp",
    "alphabench",
    "accounts",
    "market",
    "billing",
    "backtests",
    "sweeps",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.VisitorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "billing.context_processors.allowance",
            ],
            "builtins": ["alphabench.templatetags.formatting"],
        },
    }
]

# Database: SQLite in `var/` unless DATABASE_URL names another
DATABASE_URL = env_str("DATABASE_URL")
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
    DATABASES["default"].setdefault("OPTIONS", {})
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(VAR_DIR / "db.sqlite3"),
            "OPTIONS": {
                # Django's deferred mode lost a quarter of concurrent writes to "locked" here.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker, cache and channel layer: our own Valkey on a Unix socket unless REDIS_URL names another
REDIS_URL = env_str("REDIS_URL")
VALKEY_SOCKET = RUN_DIR / "valkey.sock"
_redis = REDIS_URL or f"unix://{VALKEY_SOCKET}"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis,
        "KEY_PREFIX": "alphabench",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # redis-py 8 gives up on an idle read after 5 s, which would close every quiet WebSocket.
        "CONFIG": {"hosts": [{"address": _redis, "socket_timeout": 30}], "prefix": "alphabench"},
    }
}

# Authentication
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = env_str("ACCOUNT_EMAIL_VERIFICATION", "optional")
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_CHANGE_EMAIL = True

# Language and time: UTC everywhere, local time only at the edge
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Source maps are two thirds of the work, and only developers fetch them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "webp", "ico", "gz", "br", "woff", "woff2"]
S3_BUCKET = env_str("S3_BUCKET")
STORAGES = {
    "default": {
        "BACKEND": "alphabench.storage.AtomicFileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    # Compressing every file takes 20 s, once, and saves nothing on one machine.
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env_str("S3_ENDPOINT_URL") or None,
            "region_name": env_str("S3_REGION") or None,
            "default_acl": "private",
            "querystring_auth": True,
            # Names are hashes of their content: writing one again changes nothing.
            "file_overwrite": True,
        },
    }

# Mail
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env_str("EMAIL_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", True)
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "alphabench <alphabench@localhost>")

# Security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_https = env_bool("HTTPS", PRODUCTION)
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https
# A load balancer asks over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000 if _https else 0)
if _https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of our own stand in front; only so many X-Forwarded-For entries are believed.
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Celery: the broker only carries "look at this run"; leases in the database are the truth
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{VALKEY_SOCKET}"
CELERY_RESULT_BACKEND = "django-db"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "requeue-stale-runs": {"task": "backtests.tasks.sweep", "schedule": timedelta(seconds=5)},
    "requeue-stale-sweeps": {"task": "sweeps.tasks.requeue", "schedule": timedelta(seconds=5)},
    # A report whose signal was lost with its process.
    "make-missing-reports": {
        "task": "reports.tasks.make_missing_reports",
        "schedule": timedelta(minutes=1),
    },
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "allauth.headless.contrib.rest_framework.authentication.JWTTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "alphabench.api.CursorPagination",
    "PAGE_SIZE": 25,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "alphabench.api.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "alphabench",
    "DESCRIPTION": "A trading idea in plain English, an honest backtest in seconds.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 3600  # as long as a session
HEADLESS_JWT_ROTATE_REFRESH_TOKEN = True
# One look at the session per request: signing out or disabling a user ends its tokens at once.
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True

# Sandbox: what runs untrusted Python
SANDBOX_SOCKET = RUN_DIR / "sandbox.sock"
SANDBOX_MIN_LEVEL = env_str("SANDBOX_MIN_LEVEL", "A" if PRODUCTION else "B")
SANDBOX_MEMORY_MB = env_int("SANDBOX_MEMORY_MB", 512)
SANDBOX_VALIDATION_SECONDS = env_float("SANDBOX_VALIDATION_SECONDS", 10.0)
SANDBOX_EXECUTION_SECONDS = env_float("SANDBOX_EXECUTION_SECONDS", 60.0)

# Language model: the built-in translator unless a key or an endpoint is set
OPENAI_API_KEY = env_str("OPENAI_API_KEY")
OPENAI_BASE_URL = env_str("OPENAI_BASE_URL")
OPENAI_MODEL = env_str("OPENAI_MODEL", "gpt-5.4-mini")
# Dollars per million tokens; None is unknown: nothing is held back in money before a call then.
OPENAI_PRICE_PROMPT = env_price("OPENAI_PRICE_PROMPT")
OPENAI_PRICE_COMPLETION = env_price("OPENAI_PRICE_COMPLETION")

# Keys that users store are encrypted with the first of these and read with any of them; without
# one, development derives a key from SECRET_KEY and production stores none (check E014).
FIELD_ENCRYPTION_KEYS = [
    key.strip() for key in env_str("FIELD_ENCRYPTION_KEYS").split(",") if key.strip()
]
# Whether a user's own key may lead to http:// and to addresses inside this network.
OWN_KEY_PRIVATE_ADDRESSES = env_bool("OWN_KEY_PRIVATE_ADDRESSES", False)

# Product limits
IDEA_MAX_LENGTH = env_int("IDEA_MAX_LENGTH", 4000)
DAILY_ALLOWANCE_VISITOR = env_int("DAILY_ALLOWANCE_VISITOR", 3)
DAILY_ALLOWANCE_USER = env_int("DAILY_ALLOWANCE_USER", 5)
# All visitors behind one network address together: a deleted cookie resets nothing.
DAILY_ALLOWANCE_ADDRESS = env_int("DAILY_ALLOWANCE_ADDRESS", 30)
MAX_REPAIRS = env_int("MAX_REPAIRS", 3)
STAGE_LEASE_SECONDS = env_int("STAGE_LEASE_SECONDS", 30)
STAGE_MAX_ATTEMPTS = env_int("STAGE_MAX_ATTEMPTS", 5)
LOOK_AHEAD_CUTS = env_int("LOOK_AHEAD_CUTS", 12)
SWEEP_MAX_COMBINATIONS = env_int("SWEEP_MAX_COMBINATIONS", 10_000)
SWEEP_CHUNK_SIZE = env_int("SWEEP_CHUNK_SIZE", 250)
SWEEP_PARALLEL_CHUNKS = env_int("SWEEP_PARALLEL_CHUNKS", os.cpu_count() or 1)
# What the site's language model may be used for in a day, per subject as the allowance above;
# a run with one repair takes some 25,000 tokens, and a call must fit in with its longest answer.
LLM_DAILY_TOKENS_VISITOR = env_int("LLM_DAILY_TOKENS_VISITOR", 150_000)
LLM_DAILY_TOKENS_USER = env_int("LLM_DAILY_TOKENS_USER", 300_000)
LLM_DAILY_TOKENS_ADDRESS = env_int("LLM_DAILY_TOKENS_ADDRESS", 1_500_000)
LLM_DAILY_DOLLARS_VISITOR = env_float("LLM_DAILY_DOLLARS_VISITOR", 0.5)
LLM_DAILY_DOLLARS_USER = env_float("LLM_DAILY_DOLLARS_USER", 2.0)
LLM_DAILY_DOLLARS_ADDRESS = env_float("LLM_DAILY_DOLLARS_ADDRESS", 5.0)
# The same question of the same owner is answered from the cache for so long; 0: never.
LLM_CACHE_SECONDS = env_int("LLM_CACHE_SECONDS", 24 * 3600)
# Whether the built-in translator reads what a model has read, too, and the two are compared.
SECOND_READING = env_bool("SECOND_READING", default=True)
# After so many failures in a row the model is left alone for so long; for longer when its key,
# address or quota is refused, which waiting does not heal.
LLM_BREAKER_FAILURES = env_int("LLM_BREAKER_FAILURES", 5)
LLM_BREAKER_SECONDS = env_float("LLM_BREAKER_SECONDS", 30.0)
LLM_BREAKER_CONFIG_SECONDS = env_float("LLM_BREAKER_CONFIG_SECONDS", 300.0)
DEFAULT_COMMISSION = env_float("DEFAULT_COMMISSION", 0.0005)
DEFAULT_INITIAL_CAPITAL = env_float("DEFAULT_INITIAL_CAPITAL", 10_000.0)

# Logs
LOGGING = logging_config(json=env_bool("LOG_JSON", True), level=env_str("LOG_LEVEL", "INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# One line a request: the one at its end says everything the one at its start does.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # whole addresses are kept nowhere
