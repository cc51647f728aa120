"""What is the same everywhere; the environment brings the addresses and secrets."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.settings.environment import database, email, files, required

ROOT = Path(__file__).resolve().parent.parent.parent

SECRET_KEY = required("SECRET_KEY")
# Former ones, which still open what they signed and locked; the newest first, with blanks between them.
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()
DEBUG = False
# Safe, because the binder is the first to look at the host and knows every one that is ours.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "tenancy",
    "notifications",
    "incidents",
    "problems",
    "config.apps.StillwaterConfig",
    "config.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "heroicons",
    "rest_framework",
]

MIDDLEWARE = [
    "config.entrance.RouteMiddleware",
    "config.streams.StreamMiddleware",
    "config.health.HealthMiddleware",
    "config.metrics.page.MetricsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenancy.api.problems.Problems",
    "tenancy.api.tokens.LastUse",
    "tenancy.middleware.Binder",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenancy.middleware.WhoIsIt",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

# Widgets may have templates of ours.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- the database, and the wall between organisations
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", "")
# Who reads everything for a backup; empty: the owner.
DATABASE_BACKUP_URL = os.environ.get("DATABASE_BACKUP_URL", "")
# Where the owner can't have BYPASSRLS: the role that owns the functions which see over the wall.
DATABASE_ENGINE_ROLE = os.environ.get("DATABASE_ENGINE_ROLE", "")
DATABASE_URL = required("DATABASE_URL")
COMPARE_STATEMENTS = False
DATABASES = {"default": database(DATABASE_URL, pool_size=int(os.environ.get("DATABASE_POOL", "20")))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The slug of the organisation that answers on unknown hosts; empty: unknown hosts get 404.
DEFAULT_ORGANISATION = os.environ.get("DEFAULT_ORGANISATION", "")
PUBLIC_SCHEME = os.environ.get("PUBLIC_SCHEME", "https")
PUBLIC_PORT = os.environ.get("PUBLIC_PORT", "")

# --- people and sign-in
AUTH_USER_MODEL = "tenancy.Person"
AUTHENTICATION_BACKENDS = ["tenancy.logins.Logins"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenancy.adapter.AccountAdapter"
ACCOUNT_FORMS = {"user_token": "tenancy.links.ResetLink"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "tenancy.tokens.ResetTokens"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Stillwater"
MFA_ADAPTER = "tenancy.factors.Factors"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tenancy.doorstep.send_again"
INVITATION_VALID_FOR_DAYS = 7
API_TOKEN_DEFAULT_DAYS, API_TOKEN_MAX_DAYS = 90, 365
# How many proxies of ours stand in front and add to X-Forwarded-For; with none, that header is not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))

# --- where tenancy, the lowest room, reaches up: dotted paths
# What a new organisation comes with: ``hook()``, called bound to it.
NEW_ORGANISATION_HOOKS = ["incidents.actions.configuring.furnish"]
# What becomes of the work of somebody who leaves: ``hook(member, membership, at=...)``.
WHEN_SOMEONE_LEAVES = ["incidents.actions.handover.hand_over", "notifications.outbox.drop_all"]
# What follows when a reporter says that what was resolved is still broken: ``hook(incident, at)``, under its lock.
WHEN_STILL_BROKEN = ["problems.actions.watching.still_broken"]
# Who posts the mails of sign-in and joining.
POST_OFFICE = "notifications.outbox.post"
# What people choose to be told of, as `notifications.kinds.Kind`s.
TOLD_OF = ["incidents.kinds.KINDS", "problems.kinds.KINDS"]
# What falls due, as the engine's `Work`s.
DUE_WORK = ["incidents.due.WORK", "problems.due.LINKS", "problems.due.PROBLEMS", "problems.due.CLUSTERS"]
# What the trail's entries of upper rooms say: ``hook(entry)``, in the reader's words, or nothing.
TRAIL_WORDS = [
    "incidents.views.narration.outline",
    "problems.views.narration.outline",
    "problems.views.article_shape.outline",
    "problems.views.cluster_shape.outline",
]
# What a message may depend on when it is sent: ``is_so(still)``, called bound to its organisation.
STILL_SO = {"unanswered": "incidents.queries.is_unanswered", "unsolved": "incidents.queries.is_unsolved"}
# A dotted path to ``on_duty(incident)`` that gives memberships, for escalations; empty: nobody is on duty.
WHO_IS_ON_DUTY = os.environ.get("WHO_IS_ON_DUTY", "")
# The name of the page that shows what a change of promises or calendars, at once, would change for open records.
WHAT_WOULD_CHANGE = "desk:promises-renew"
# What may be done with incidents that are chosen in the queue: the name of a page that takes their numbers, as
# ``?incident=INC-1042&incident=INC-1043``; the permission that it asks for; and what its button says.
QUEUE_CHOICES = [
    ("desk:problem-new", "problem.raise", _("Raise a problem")),
    ("desk:problem-link", "problem.contribute", _("Link to a problem")),
]
# What other rooms show on an incident's page of the desk: the name of a page that takes its number, and its title.
INCIDENT_PANELS = {
    "desk:incident-problem": _("Problem"),
    "desk:incident-answers": _("Answers"),
    "desk:incident-similar": _("Similar"),
}
# The same in the portal, where it stands on the page itself: ``panel(incident)`` gives safe HTML, or nothing.
PORTAL_PANELS = ["problems.views.panels.on_report"]
# The name of the page that answers a report while it is typed; empty: none does.
REPORT_ANSWERS = "problems:help-suggest"
# Where a reply's text may come from, to be kept with it: ``hook(member, incident, public_ids)``; and one such text:
# ``hook(member, public_id)``.
REPLY_SOURCE, REPLY_SOURCE_TEXT = "problems.actions.used_in_reply", "problems.answers.text_for_reply"
# Modules whose ``urlpatterns`` stand under ``/desk/``, open to staff only.
DESK_URLS = ["problems.desk_urls", "incidents.desk_urls", "notifications.desk_urls", "tenancy.desk_urls"]

# --- language and time
LOCALE_PATHS = [ROOT / "config" / "locale"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"

# --- files
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "var" / "static"
FILES_ROOT = Path(os.environ.get("FILES_ROOT", str(ROOT / "var" / "files")))
STORAGES = {
    "default": files(FILES_ROOT),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A dotted path to ``scan(file) -> "clean" | "infected"``; empty: files are shown as "not scanned".
ATTACHMENT_SCANNER = os.environ.get("ATTACHMENT_SCANNER", "")

# --- mail and the wake-up calls
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
globals().update(email(os.environ.get("EMAIL_URL") or "smtp://localhost:25"))
# After a message about a record so long nothing follows to the same person but what can't wait; then all of it at once.
BURST_SECONDS = float(os.environ.get("BURST_SECONDS") or 60)
REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "tenancy.counters.Counters",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "tenancy.counters.key",
    }
}
# Pages that stand open, for one process and for one member in it.
LIVE_STREAMS = int(os.environ.get("LIVE_STREAMS", "2000"))
LIVE_STREAMS_PER_MEMBER = int(os.environ.get("LIVE_STREAMS_PER_MEMBER", "20"))
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is full refuses to be written to: the worker waits for it as for one that is away, and does not end.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
}
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "tenancy.tasks.tick", "schedule": 1.0, "options": {"expires": 5}},
    "sweep-outbox": {"task": "notifications.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
    "seal-trails": {"task": "tenancy.tasks.seal_trails", "schedule": 60.0, "options": {"expires": 60}},
    "anchor-trails": {"task": "tenancy.tasks.anchor_trails", "schedule": 3600.0, "options": {"expires": 3600}},
    "tidy-sessions-and-logos": {"task": "tenancy.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
    "tidy-files": {"task": "incidents.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
    "tidy-problem-files": {"task": "problems.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-answers": {"task": "tenancy.tasks.forget_answers", "schedule": 3600.0, "options": {"expires": 600}},
}

# --- who is told that all is well: asked for once a minute by `manage.py tick`, only while that is so; empty: nobody
DEADMAN_URL = os.environ.get("DEADMAN_URL", "")

# --- proof that nobody rewrote the trail
# The file to which the signed anchors are added, on another machine's disk if possible; empty: they are logged.
TRAIL_ANCHORS = os.environ.get("TRAIL_ANCHORS", "")

# --- what the processes tell whoever runs them
LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO")
# "json", or "words" for a developer's terminal: these hold whole tracebacks, and whatever is said in them.
LOG_FORMAT = os.environ.get("LOG_FORMAT", "json")
LOGGING_CONFIG = "config.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.formatter", "readable": LOG_FORMAT == "words"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Every answer has a line of its own already; these tell of what broke.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        # Those of the servers, which bring handlers of their own.
        "uvicorn": {"handlers": [], "level": "INFO", "propagate": True},
        "uvicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "celery.app.trace": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "asyncio": {"level": "WARNING"},
        # Once a second while the database is away; whoever asks for a connection tells it.
        "psycopg.pool": {"level": "ERROR"},
    },
}
# Who may read /metrics from another machine: whoever brings this as a bearer. Empty: this machine only.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

# --- how often the API may be asked in a minute: by one token or session; by one address without either; 0: no limit
API_REQUESTS_PER_MINUTE = int(os.environ.get("API_REQUESTS_PER_MINUTE", "600"))
API_ANONYMOUS_REQUESTS_PER_MINUTE = int(os.environ.get("API_ANONYMOUS_REQUESTS_PER_MINUTE", "60"))

# --- the browser's guard rails
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "tenancy.api.problems.handle_exception",
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenancy.api.tokens.BearerTokens", "tenancy.api.tokens.Sessions"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "tenancy.api.describing.Described",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Stillwater",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
