"""All configuration, read once from the environment.

On a laptop `make run` writes the environment of the embedded stack to `.devstack/env`; a variable
that is already set wins. Without DEBUG nothing secret has a default: the shop names what is missing
and does not start.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
_devstack = BASE_DIR / ".devstack" / "env"
if _devstack.exists():
    env.read_env(str(_devstack))

DEBUG = env.bool("DEBUG", default=False)


def _required(name: str, development: str = "") -> str:
    """Return the variable; in DEBUG fall back to `development`.

    What is missing is collected and refused below.
    """
    value = env.str(name, default=development if DEBUG else "")
    if not value:
        _missing.append(name)
    return value


_missing: list[str] = []

SHOP_PROJECT = env.str("SHOP_PROJECT", default="trivet")
SHOP_NAME = env.str("SHOP_NAME", default="Trivet")
SHOP_CURRENCY = env.str("SHOP_CURRENCY", default="EUR")
SHOP_URL = _required("SHOP_URL", "http://127.0.0.1:8000").rstrip("/")
SHOP_EMAIL_FROM = _required("SHOP_EMAIL_FROM", "shop@trivet.example")
SHOP_STAFF_EMAIL = env.str("SHOP_STAFF_EMAIL", default="staff@trivet.example")

SECRET_KEY = _required("SECRET_KEY", "development-only")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = [
    host for host in _required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host
]

# AWS. Without AWS_ENDPOINT_URL everything talks to AWS with the credentials of the role.
AWS_ENDPOINT_URL = env.str("AWS_ENDPOINT_URL", default="")
AWS_REGION = env.str("AWS_DEFAULT_REGION", default="eu-central-1")
PRODUCT_IMAGES_BUCKET = _required("PRODUCT_IMAGES_BUCKET", f"{SHOP_PROJECT}-product-images")
ORDER_DOCUMENTS_BUCKET = _required("ORDER_DOCUMENTS_BUCKET", f"{SHOP_PROJECT}-order-documents")
ANALYTICS_RESULTS_BUCKET = _required(
    "ANALYTICS_RESULTS_BUCKET", f"{SHOP_PROJECT}-analytics-results"
)
PRODUCT_IMAGES_URL = _required(
    "PRODUCT_IMAGES_URL", f"{AWS_ENDPOINT_URL}/{PRODUCT_IMAGES_BUCKET}"
).rstrip("/")

# Payment providers by name; each is a dotted path to a class of orders/payments/. PAYMENT_PROVIDERS
# in the environment names those on offer, the first is the default. Unnamed, Stripe is on offer
# where its keys are, and the test provider on a laptop only: it takes orders for no money, so
# production must ask for it by name.
PAYMENT_PROVIDERS = {
    "stripe": "orders.payments.providers.stripe.StripeProvider",
    "test": "orders.payments.providers.dummy.DummyProvider",
}
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
_unnamed = ["stripe"] * bool(STRIPE_SECRET_KEY) + ["test"] * DEBUG
PAYMENT_PROVIDERS_OFFERED = env.list("PAYMENT_PROVIDERS", default=_unnamed)
if not PAYMENT_PROVIDERS_OFFERED:
    _missing.append("PAYMENT_PROVIDERS or STRIPE_SECRET_KEY")
if "stripe" in PAYMENT_PROVIDERS_OFFERED:
    STRIPE_SECRET_KEY = _required("STRIPE_SECRET_KEY")
STRIPE_PUBLISHABLE_KEY = _required("STRIPE_PUBLISHABLE_KEY") if STRIPE_SECRET_KEY else ""
# Several, separated by commas, while one is being replaced.
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
if STRIPE_SECRET_KEY and not STRIPE_WEBHOOK_SECRETS and not DEBUG:
    _missing.append("STRIPE_WEBHOOK_SECRETS")
STRIPE_API_URL = env.str("STRIPE_API_URL", default="https://api.stripe.com")

# Whether the prices of the catalogue and of the delivery include tax.
SHOP_PRICES_INCLUDE_TAX = env.bool("SHOP_PRICES_INCLUDE_TAX", default=True)

# Staff hear of a variant that falls to this many units.
SHOP_LOW_STOCK = env.int("SHOP_LOW_STOCK", default=3)
# How long after it was sent a shopper may ask to return something.
SHOP_RETURN_DAYS = env.int("SHOP_RETURN_DAYS", default=30)
# What invoices say of the seller: lines separated by semicolons. Paper: A4 or Letter. The logo is a
# file, PNG or JPEG.
SHOP_SELLER = [line.strip() for line in env.str("SHOP_SELLER", default=SHOP_NAME).split(";")]
SHOP_SELLER_TAX_ID = env.str("SHOP_SELLER_TAX_ID", default="")
SHOP_PAPER = env.str("SHOP_PAPER", default="A4")
SHOP_LOGO = env.str("SHOP_LOGO", default="")

DATABASE_URL = _required("DATABASE_URL")
if _missing:
    hint = (
        "Run `make run` once, it writes .devstack/env." if DEBUG else "See docs/configuration.md."
    )
    raise ImproperlyConfigured(
        f"The shop does not start without {', '.join(_missing)} in the environment. {hint}"
    )

_database = env.db_url_config(DATABASE_URL)
# Outside the laptop the connection is encrypted; `?sslmode=verify-full&sslrootcert=...` in
# DATABASE_URL asks for more.
_tls = {} if DEBUG else {"sslmode": env.str("PGSSLMODE", default="require")}
DATABASES = {
    "default": {
        **_database,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, **_tls, **_database.get("OPTIONS", {})},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "accounts",
    "catalog",
    "carts",
    "orders",
    "shop",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "anymail",
    "django_htmx",
    "rest_framework",
    "treebeard",
]
if DEBUG:  # Neither is part of the product.
    INSTALLED_APPS += ["infra.demo", "tests.drills"]

MIDDLEWARE = [
    "shop.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["shop.templatetags.shop"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.context_processors.shop",
                "accounts.context_processors.session",
                "carts.context_processors.cart",
            ],
        },
    }
]

# The default cache counts attempts for allauth's rate limits, so all processes share it; "local" is
# each process's own.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shop_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    "local": {
        "BACKEND": "shop.cache.ProcessCache",
        "LOCATION": "local",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# People: e-mail is the login, sessions live in DynamoDB.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:overview"
LOGOUT_REDIRECT_URL = "catalog:home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.allauth_forms.LoginForm",
    "signup": "accounts.allauth_forms.SignupForm",
    "reauthenticate": "accounts.allauth_forms.ReauthenticateForm",
    "change_password": "accounts.allauth_forms.ChangePasswordForm",
    "set_password": "accounts.allauth_forms.SetPasswordForm",
    "reset_password": "accounts.allauth_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.allauth_forms.ResetPasswordKeyForm",
    "add_email": "accounts.allauth_forms.AddEmailForm",
    "confirm_email_verification_code": "accounts.allauth_forms.ConfirmCodeForm",
}
# A code by mail ends the sign-up, so the page is the same whether or not there is such an account
# already.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEBUG else "https"
# The rate limits count attempts by IP address; behind a load balancer that is the last entry of
# X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0 if DEBUG else 1)

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [SHOP_URL]
if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
ANYMAIL = {
    "AMAZON_SES_CLIENT_PARAMS": {
        "region_name": AWS_REGION,
        "config": {"connect_timeout": 3, "read_timeout": 10, "retries": {"max_attempts": 1}},
    }
}
DEFAULT_FROM_EMAIL = f"{SHOP_NAME} <{SHOP_EMAIL_FROM}>"
SERVER_EMAIL = SHOP_EMAIL_FROM

STORAGES = {
    "default": {"BACKEND": "shop.storages.ProductImages"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "shop" / "static"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# The admin's page of a product sends some 17 fields a variant.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# The image Lambda takes no larger file either.
UPLOAD_MAX_BYTES = 20_000_000
# Each returns the ids of renditions that `images audit --fix` must leave, besides those of the
# catalogue.
RENDITIONS_KEPT_BY = ["orders.image_references.shown_in_orders"]

# Celery over SQS, here and on AWS. A lost task is found again by beat: the database is the truth,
# not the queue.
_endpoint = urlsplit(AWS_ENDPOINT_URL)
CELERY_BROKER_URL = f"sqs://test:test@{_endpoint.netloc}" if _endpoint.netloc else "sqs://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "region": AWS_REGION,
    "is_secure": _endpoint.scheme != "http",
    "visibility_timeout": 300,
    "wait_time_seconds": 10,
    "polling_interval": 0.2,
    # A page that leaves work to a worker must not wait botocore's minutes for a queue that is away.
    "client-config": {"connect_timeout": 3, "read_timeout": 15, "retries": {"max_attempts": 1}},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = f"{SHOP_PROJECT}-celery"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "reconcile": {"task": "orders.tasks.reconcile_orders", "schedule": 60.0},
    "make-documents": {
        "task": "orders.tasks.make_documents",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "fetch-images": {"task": "catalog.tasks.fetch_waiting_images", "schedule": 60.0},
    "relay-events": {"task": "shop.tasks.relay_events", "schedule": 60.0},
    "archive-events": {"task": "shop.tasks.archive_events", "schedule": 60.0},
    "redrive-notifications": {"task": "shop.tasks.redrive_notifications", "schedule": 600.0},
}

CART_DAYS = {"guest": 30, "user": 90}
CHECKOUT_EXPIRY_MINUTES = env.int("CHECKOUT_EXPIRY_MINUTES", default=30)


LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
# One language: Django need not look for the visitor's at every value that a template shows.
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = "shop.formats"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "pynamodb": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
    },
}
