"""All settings, read once from the environment.

Without DEBUG no secret has a default. If variables are missing or wrong, the shop does not start
and names all of them.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from kombu import Exchange, Queue

from shop import variable_kinds as kinds
from shop.email_address import mailbox
from shop.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment(os.environ)
DEBUG = env.read("DEBUG", kinds.flag, False)


def _in_debug(default: str) -> str:
    """Return the default of a variable that has none outside DEBUG."""
    return default if DEBUG else ""


SHOP_PROJECT = env.read("SHOP_PROJECT", kinds.project, "trivet")
SHOP_NAME = env.read("SHOP_NAME", kinds.line(100, "Trivet"), "Trivet")
SHOP_CURRENCY = env.read("SHOP_CURRENCY", kinds.currency, "EUR")
SHOP_URL = env.require("SHOP_URL", kinds.public_origin, _in_debug("http://127.0.0.1:8000"))
SHOP_EMAIL_FROM = env.require("SHOP_EMAIL_FROM", kinds.email, _in_debug("shop@trivet.example"))
SHOP_STAFF_EMAIL = env.read("SHOP_STAFF_EMAIL", kinds.email, "staff@trivet.example")

SECRET_KEY = env.require("SECRET_KEY", kinds.secret_key, _in_debug("development-only" * 4))
SECRET_KEY_FALLBACKS = env.read("SECRET_KEY_FALLBACKS", kinds.listed(kinds.secret_key), [])
ALLOWED_HOSTS = env.require("ALLOWED_HOSTS", kinds.hosts, _in_debug("localhost,127.0.0.1,[::1]"))

# AWS. Without AWS_ENDPOINT_URL everything talks to AWS with the credentials of the role.
AWS_ENDPOINT_URL = env.read("AWS_ENDPOINT_URL", kinds.origin, "")
AWS_REGION = env.read("AWS_DEFAULT_REGION", kinds.region, "eu-central-1")
PRODUCT_IMAGES_BUCKET = env.require(
    "PRODUCT_IMAGES_BUCKET", kinds.bucket, _in_debug(f"{SHOP_PROJECT}-product-images")
)
ORDER_DOCUMENTS_BUCKET = env.require(
    "ORDER_DOCUMENTS_BUCKET", kinds.bucket, _in_debug(f"{SHOP_PROJECT}-order-documents")
)
ANALYTICS_RESULTS_BUCKET = env.require(
    "ANALYTICS_RESULTS_BUCKET", kinds.bucket, _in_debug(f"{SHOP_PROJECT}-analytics-results")
)
PRODUCT_IMAGES_URL = env.require(
    "PRODUCT_IMAGES_URL",
    kinds.public_url,
    _in_debug(f"{AWS_ENDPOINT_URL or 'https://images.example'}/{PRODUCT_IMAGES_BUCKET}"),
)
env.read("AWS_CA_BUNDLE", kinds.file, "")  # boto3 and our DynamoDB client read it themselves

# Payment providers by name, each as a dotted path to a class in orders/payments/. PAYMENT_PROVIDERS
# in the environment lists those that are offered; the first is the default. If it is not set,
# Stripe is offered if its keys are set, and the test provider only in DEBUG: it accepts orders
# without payment, so production must ask for it by name.
PAYMENT_PROVIDERS = {
    "stripe": "orders.payments.providers.stripe.StripeProvider",
    "test": "orders.payments.providers.dummy.DummyProvider",
}
_has_stripe = env.is_set("STRIPE_SECRET_KEY")
PAYMENT_PROVIDERS_OFFERED = env.read(
    "PAYMENT_PROVIDERS",
    kinds.listed(kinds.choice(*PAYMENT_PROVIDERS)),
    ["stripe"] * _has_stripe + ["test"] * DEBUG,
)
if not PAYMENT_PROVIDERS_OFFERED:
    env.note_fault(
        "Neither PAYMENT_PROVIDERS nor STRIPE_SECRET_KEY is set.", "PAYMENT_PROVIDERS=stripe"
    )
STRIPE_SECRET_KEY = STRIPE_PUBLISHABLE_KEY = ""
# Several secrets may be separated by commas, so that one can be replaced without an interruption.
_webhook_secrets = kinds.listed(kinds.prefixed("whsec_"))
STRIPE_WEBHOOK_SECRETS: list[str] = []
if _has_stripe or "stripe" in PAYMENT_PROVIDERS_OFFERED:
    STRIPE_SECRET_KEY = env.require("STRIPE_SECRET_KEY", kinds.prefixed("sk_", "rk_"))
    STRIPE_PUBLISHABLE_KEY = env.require("STRIPE_PUBLISHABLE_KEY", kinds.prefixed("pk_"))
    if DEBUG:
        STRIPE_WEBHOOK_SECRETS = env.read("STRIPE_WEBHOOK_SECRETS", _webhook_secrets, [])
    else:
        STRIPE_WEBHOOK_SECRETS = env.require("STRIPE_WEBHOOK_SECRETS", _webhook_secrets)
STRIPE_API_URL = env.read("STRIPE_API_URL", kinds.origin, "https://api.stripe.com")
# What amounts are rounded to where a provider takes fewer decimals than the currency has. Stripe
# wants the last of three to be 0: https://docs.stripe.com/currencies#three-decimal
_three_decimals = ["BHD", "JOD", "KWD", "OMR", "TND"] if STRIPE_SECRET_KEY else []
PAYMENT_UNITS = dict.fromkeys(_three_decimals, Decimal("0.01"))

# Whether prices of products and of delivery include tax.
SHOP_PRICES_INCLUDE_TAX = env.read("SHOP_PRICES_INCLUDE_TAX", kinds.flag, True)

# Where the shop sells from: it takes the tax of this country off the prices of what it exports.
SHOP_COUNTRY = env.read("SHOP_COUNTRY", kinds.country, "")

# The shop's clock: days of invoices, times on pages, and what staff type. What is stored is UTC.
SHOP_TIME_ZONE = env.read("SHOP_TIME_ZONE", kinds.time_zone, "UTC")

# Staff are notified when the stock of a variant falls to this number.
SHOP_LOW_STOCK = env.read("SHOP_LOW_STOCK", kinds.whole(0, 1_000_000), 3)
# For how many days after that of the shipment a shopper may ask to return something.
SHOP_RETURN_DAYS = env.read("SHOP_RETURN_DAYS", kinds.whole(0, 3650), 30)
# The seller as printed on invoices: lines separated by semicolons. The paper is A4 or Letter. The
# logo is a PNG or JPEG file.
_seller = kinds.listed(kinds.line(100, "Trivet Ltd; 1 High Street; London"), separator=";")
SHOP_SELLER = env.read("SHOP_SELLER", _seller, [SHOP_NAME])
SHOP_SELLER_TAX_ID = env.read("SHOP_SELLER_TAX_ID", kinds.line(50, "DE123456789"), "")
SHOP_PAPER = env.read("SHOP_PAPER", kinds.choice("A4", "Letter"), "A4")
SHOP_LOGO = env.read("SHOP_LOGO", kinds.picture, "")

# Outside DEBUG the connection is encrypted. `?sslmode=verify-full&sslrootcert=...` in DATABASE_URL
# also verifies the server.
_database = env.require("DATABASE_URL", kinds.database)
DATABASE_URL = os.environ.get("DATABASE_URL", "").strip()
_tls_mode = kinds.choice("require", "verify-ca", "verify-full", "prefer", "allow", "disable")
_tls = {} if DEBUG else {"sslmode": env.read("PGSSLMODE", _tls_mode, "require")}
env.read("PGSSLROOTCERT", kinds.file, "")  # libpq reads it itself
DATABASES = {
    "default": {
        **_database,
        "CONN_MAX_AGE": env.read("CONN_MAX_AGE", kinds.whole(0, 86_400), 60),
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
    "shop.admin_config.StaffAdminConfig",
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
if DEBUG:  # Neither of these is part of the product.
    INSTALLED_APPS += ["infra.demo", "tests.drills"]

MIDDLEWARE = [
    "shop.response_headers.ResponseHeadersMiddleware",
    # Comes before the others, because a load balancer's request has no allowed host and must not be
    # redirected to HTTPS.
    "shop.health.HealthMiddleware",
    "shop.request_limits.RequestLimitMiddleware",
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
    "accounts.middleware.ReauthenticationMiddleware",
    "shop.limiter.LimitMiddleware",
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

# The default cache counts attempts for allauth's rate limits, so it is shared by all processes;
# "local" is private to each process.
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

# Accounts: users log in by e-mail address, and sessions are in DynamoDB.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2id",
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
# Sign-up ends with a code sent by mail, so that the page is the same whether or not the account
# already exists.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# The browser that changes the password stays logged in; accounts.adapter signs out the others.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEBUG else "https"
# How many proxies in front of the shop append to X-Forwarded-For; see shop/client_address.py.
TRUSTED_PROXY_COUNT = env.read("TRUSTED_PROXY_COUNT", kinds.whole(0, 10), 0 if DEBUG else 1)

# Dotted paths to functions that are called with a user who signs in, or who has just confirmed an
# email address.
CONFIRMED_EMAIL_HOOKS = [
    "orders.guest_orders.claim_guest_orders",
    "orders.guest_orders.follow_email",
]

# What strangers may try: attempts and seconds, for each who tries. shop/limiter.py counts them.
LIMITS = {
    # Each log-in and sign-up hashes a password, so all of them together are limited too. The time
    # is short: who floods it keeps others out for seconds only.
    "password.everyone": env.read("LIMIT_PASSWORD_EVERYONE", kinds.attempts, (30, 10)),
    # Orders that nobody has paid, by who placed them, and the units that they hold. Who has as many
    # already may not place another.
    "unpaid_orders.owner": env.read("LIMIT_UNPAID_ORDERS_OWNER", kinds.attempts, (8, 3600)),
    "unpaid_orders.email": env.read("LIMIT_UNPAID_ORDERS_EMAIL", kinds.attempts, (8, 3600)),
    "unpaid_orders.address": env.read("LIMIT_UNPAID_ORDERS_ADDRESS", kinds.attempts, (200, 3600)),
    "unpaid_units.owner": env.read("LIMIT_UNPAID_UNITS_OWNER", kinds.attempts, (200, 3600)),
    "unpaid_units.email": env.read("LIMIT_UNPAID_UNITS_EMAIL", kinds.attempts, (200, 3600)),
    "unpaid_units.address": env.read("LIMIT_UNPAID_UNITS_ADDRESS", kinds.attempts, (1000, 3600)),
    # Voucher codes that were refused.
    "voucher.owner": env.read("LIMIT_VOUCHER_OWNER", kinds.attempts, (10, 600)),
    "voucher.address": env.read("LIMIT_VOUCHER_ADDRESS", kinds.attempts, (40, 600)),
    # Attempts to pay that failed; cards are tried out that way.
    "pay.order": env.read("LIMIT_PAY_ORDER", kinds.attempts, (10, 600)),
    "pay.owner": env.read("LIMIT_PAY_OWNER", kinds.attempts, (15, 600)),
    "pay.address": env.read("LIMIT_PAY_ADDRESS", kinds.attempts, (60, 600)),
    # Look-ups that found nothing, by order number and by address.
    "find_order.number": env.read("LIMIT_FIND_ORDER_NUMBER", kinds.attempts, (10, 600)),
    "find_order.address": env.read("LIMIT_FIND_ORDER_ADDRESS", kinds.attempts, (20, 600)),
    # Each request for a return is mailed to staff.
    "return_items.order": env.read("LIMIT_RETURN_ITEMS_ORDER", kinds.attempts, (10, 3600)),
    "return_items.address": env.read("LIMIT_RETURN_ITEMS_ADDRESS", kinds.attempts, (30, 3600)),
    # Forged webhooks; genuine ones are not counted.
    "webhook_refused.address": env.read("LIMIT_WEBHOOK_REFUSED_ADDRESS", kinds.attempts, (20, 60)),
}

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
# A session of staff ends this long after the login, however much it is used.
STAFF_SESSION_HOURS = env.read("STAFF_SESSION_HOURS", kinds.whole(1, 720), 12)
# How long ago staff may have entered their password if they change people or refund an order of
# more than this amount.
STAFF_PASSWORD_MINUTES = env.read("STAFF_PASSWORD_MINUTES", kinds.whole(1, 720), 15)
SHOP_REFUND_PASSWORD_ABOVE = env.read("SHOP_REFUND_PASSWORD_ABOVE", kinds.amount, Decimal(100))
# In a cookie, so that showing a message does not read the session.
MESSAGE_STORAGE = "shop.messages.ShortMessageStorage"

SECURE_REFERRER_POLICY = "same-origin"
_images_origin = "{0.scheme}://{0.netloc}".format(urlsplit(PRODUCT_IMAGES_URL))
# What a page may load. Views that need more say so with shop.response_headers.allow_sources().
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # Previews of pictures are in the page itself.
        "img-src": ["'self'", "data:", _images_origin],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
CSRF_TRUSTED_ORIGINS = [SHOP_URL]
# Preloading is a choice, see below.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if not DEBUG:
    # TLS ends at the load balancer, which must overwrite this header in every request.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = urlsplit(SHOP_URL).netloc
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # A browser's own list of HTTPS sites can hardly be left again, so it is a choice.
    SECURE_HSTS_PRELOAD = env.read("SHOP_HSTS_PRELOAD", kinds.flag, False)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
ANYMAIL = {
    "AMAZON_SES_CLIENT_PARAMS": {
        "region_name": AWS_REGION,
        "config": {"connect_timeout": 3, "read_timeout": 10, "retries": {"max_attempts": 1}},
    }
}
DEFAULT_FROM_EMAIL = mailbox(SHOP_NAME, SHOP_EMAIL_FROM)
SERVER_EMAIL = SHOP_EMAIL_FROM

STORAGES = {
    "default": {"BACKEND": "shop.storages.ProductImages"},
    "staticfiles": {
        # Hashed names let browsers keep static files for ever; they need collectstatic, so
        # development does without.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "shop" / "static"]

# What anybody may send is less; see shop/request_limits.py.
FILE_UPLOAD_HANDLERS = ["shop.request_limits.RefuseFiles"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# A product's page in the admin submits about 17 fields per variant.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# The image Lambda does not accept a larger file either.
UPLOAD_MAX_BYTES = 20_000_000
# Dotted paths to functions that return ids of renditions which `images audit --fix` must keep, in
# addition to those of the catalogue.
RENDITIONS_KEPT_BY = ["orders.image_references.shown_in_orders"]
# Dotted path to the function that adds to the payloads of events what only their messages carry.
EVENT_SECRETS_ADDED_BY = "orders.events.with_order_urls"

# Celery over SQS, in development and on AWS. A lost task is found again by beat: the database is
# authoritative, not the queue.
_endpoint = urlsplit(AWS_ENDPOINT_URL)
CELERY_BROKER_URL = f"sqs://test:test@{_endpoint.netloc}" if _endpoint.netloc else "sqs://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "region": AWS_REGION,
    "is_secure": _endpoint.scheme != "http",
    # SQS hands a task to another worker after this time, so it must be longer than
    # CELERY_TASK_TIME_LIMIT.
    "visibility_timeout": 300,
    "wait_time_seconds": 10,
    "polling_interval": 0.2,
    # With botocore's defaults, a page that queues a task would wait for minutes while the queue is
    # unavailable.
    "client-config": {"connect_timeout": 3, "read_timeout": 15, "retries": {"max_attempts": 1}},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = f"{SHOP_PROJECT}-celery"
# Somebody sits and waits for these mails, so nothing else may go first: a worker of its own takes
# them, see docs/deploy.md. One without `-Q` takes all queues.
ACCOUNT_MAIL_QUEUE = f"{SHOP_PROJECT}-account-mail"
CELERY_TASK_QUEUES = [
    # With one exchange for both, each message would go to both queues.
    Queue(name, Exchange(name), routing_key=name)
    for name in (CELERY_TASK_DEFAULT_QUEUE, ACCOUNT_MAIL_QUEUE)
]
CELERY_TASK_ROUTES = {"accounts.tasks.deliver_mail": {"queue": ACCOUNT_MAIL_QUEUE}}
# A task is acknowledged only when it is done, so a worker that dies loses none. Tasks must
# therefore tolerate repetition.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Remote control would need a queue per worker, which kombu would create in SQS.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"


def _every(seconds: float, task: str, *args: str) -> dict[str, Any]:
    """Return an entry of the beat.

    A run that has not started when the next is due is dropped, for the next one does its work: so a
    queue that stands still does not fill with them.
    """
    return {
        "task": task,
        "args": args,
        "schedule": seconds,
        "options": {"expires": seconds * 0.9},
    }


CELERY_BEAT_SCHEDULE = {
    "settle-payments": _every(60.0, "orders.tasks.reconcile", "payments"),
    "cancel-expired-orders": _every(60.0, "orders.tasks.reconcile", "expired orders"),
    "settle-refunds": _every(60.0, "orders.tasks.reconcile", "refunds"),
    "settle-carts": _every(60.0, "orders.tasks.reconcile", "carts"),
    "make-documents": _every(15.0, "orders.tasks.make_documents"),
    "fetch-images": _every(60.0, "catalog.tasks.fetch_waiting_images"),
    "relay-events": _every(60.0, "shop.tasks.relay_events"),
    "archive-events": _every(60.0, "shop.tasks.archive_events"),
    "clear-expired-attempts": _every(600.0, "shop.tasks.clear_expired_attempts"),
    "redrive-notifications": _every(600.0, "shop.tasks.redrive_notifications"),
    "prune-events": {
        "task": "shop.tasks.prune_events",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
}

CART_DAYS = {"guest": 30, "user": 90}
CHECKOUT_EXPIRY_MINUTES = env.read("CHECKOUT_EXPIRY_MINUTES", kinds.whole(1, 10_080), 30)
# 0 sends none, which is the default where orders expire sooner.
PAYMENT_REMINDER_MINUTES = env.read(
    "PAYMENT_REMINDER_MINUTES",
    kinds.whole(0, CHECKOUT_EXPIRY_MINUTES - 1),
    10 if CHECKOUT_EXPIRY_MINUTES > 10 else 0,
)


LANGUAGE_CODE = "en"
TIME_ZONE = SHOP_TIME_ZONE
# There is one language, so Django need not look up the visitor's for every value that a template
# renders.
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = "shop.formats"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "shop.logs.RedactingFormatter",
            "format": "%(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.read("LOG_LEVEL", kinds.log_level, "INFO")},
    "loggers": {
        # Without handlers of their own, which would write secrets.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "propagate": True},
        "celery.task": {"handlers": ["console"], "propagate": False},
        "pynamodb": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
    },
}

env.refuse_faults()
