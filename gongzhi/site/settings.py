"""Every setting, in one file; what differs between installations is read from the environment."""

from __future__ import annotations

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from gongzhi.site import environment as env
from gongzhi.site.secrets import FOR_TESTS, read_secrets

django_stubs_ext.monkeypatch()  # makes Django's generic classes subscriptable, as their types are

ROOT = Path(__file__).resolve().parents[2]
VAR = env.folder("GONGZHI_VAR", ROOT / "var")
DEBUG = env.flag("GONGZHI_DEBUG")
TRAINING = env.training("GONGZHI_TRAINING", VAR)  # a copy to practise on: nothing in it is real

# --- Secrets: a file of this installation, or the well-known ones of the tests.
SECRETS_FILE = env.text("GONGZHI_SECRETS", str(VAR / "secrets.json"))
SECRETS = FOR_TESTS if SECRETS_FILE == "test" else read_secrets(Path(SECRETS_FILE))
SECRET_KEY = SECRETS.secret_key
SEAL_KEYS = SECRETS.seals()
HASH_KEY = SECRETS.hash_key.encode()
CIPHER = env.cipher(
    "GONGZHI_CIPHER"
)  # what seals from now on; what was sealed otherwise is read as well

# --- Where it is reached.
ORIGIN = env.origin("GONGZHI_ORIGIN", "http://localhost:8000")
ALLOWED_HOSTS = env.names("GONGZHI_HOSTS", "localhost,127.0.0.1,[::1]")
PROXIES = env.proxies("GONGZHI_PROXIES")  # who is believed about for whom they ask
CSRF_TRUSTED_ORIGINS = [ORIGIN]
SECURE = ORIGIN.startswith("https://")

# --- What it is made of: our apps, bottom up, then others'.
INSTALLED_APPS = [
    "gongzhi.base",
    "gongzhi.audit",
    "gongzhi.jobs",
    "gongzhi.places",
    "gongzhi.deadlines",
    "gongzhi.accounts",
    "gongzhi.offline",
    "gongzhi.advice",
    "gongzhi.matters",
    "gongzhi.notices",
    "gongzhi.papers",
    "gongzhi.parties",
    "gongzhi.meetings",
    "gongzhi.counter",
    "gongzhi.assets",
    "gongzhi.errands",
    "gongzhi.hazards",
    "gongzhi.patrol",
    "gongzhi.petitions",
    "gongzhi.mediation",
    "gongzhi.insight",
    "gongzhi.opendata",
    "gongzhi.upkeep",
    "gongzhi.exchange",
    "gongzhi.webhooks",
    "gongzhi.open311",
    "gongzhi.federation",
    "gongzhi.sharing",
    "gongzhi.tables",
    "gongzhi.mailbox",
    "gongzhi.hotline",
    "gongzhi.demands",
    "gongzhi.rights",
    "gongzhi.manage",
    "gongzhi.portal",
    "gongzhi.desk",
    "gongzhi.field",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
AUTH_USER_MODEL = "accounts.User"

MIDDLEWARE = [
    "gongzhi.upkeep.http.Measured",
    "django.middleware.security.SecurityMiddleware",
    "gongzhi.site.storage.Static",
    "csp.middleware.CSPMiddleware",
    "gongzhi.base.doors.Doors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gongzhi.base.http.Refusals",
    "allauth.account.middleware.AccountMiddleware",
    "gongzhi.accounts.http.Proof",
]
ROOT_URLCONF = "gongzhi.site.urls"
CSRF_FAILURE_VIEW = "gongzhi.base.http.csrf_failure"
WSGI_APPLICATION = "gongzhi.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["gongzhi.base.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongzhi.accounts.http.frame",
                "gongzhi.base.http.training",
            ],
        },
    },
]

FORM_RENDERER = "gongzhi.base.choices.Renderer"

# Of each process of the web server, as it is started: tools/run.py, deploy/.  What is over those at
# work waits in a row, whoever sends something first.
THREADS, AT_WORK = 64, 4

# --- Open311: which jurisdiction this installation is; any is taken where none is named.
JURISDICTION = env.text("GONGZHI_JURISDICTION")

# --- The database.
DATABASES = {"default": env.database("GONGZHI_DATABASE", f"sqlite:///{VAR}/gongzhi.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Language and time: Chinese first; stored in UTC, shown in Beijing time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # each in its own language
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
CALENDAR = env.text("GONGZHI_CALENDAR", "cn")  # working days of the centre: of what no office owns

COMPLAINT_KIND = "office_conduct"  # of whatever complains about an office or its staff
FALLBACK_KIND = "policy_consult"  # for words that no kind of the catalogue fits

# --- Files that are the program's own, and files that people send.
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT, _files = env.files("GONGZHI_FILES", VAR / "files")
STORAGES = {
    "default": _files,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "gongzhi.site.storage.StaticFiles"
    },
}
# Folders into which other systems put files of tables, and from which they fetch them.
_drops_root, _drops = env.files("GONGZHI_DROPS", VAR / "drops")
if _drops_root:
    _drops["OPTIONS"] = {"location": _drops_root, "allow_overwrite": True}
else:
    _drops["OPTIONS"]["file_overwrite"] = True
STORAGES["drops"] = _drops
TABLES_KEPT_DAYS = env.days("GONGZHI_TABLES_KEPT_DAYS", 30)  # of a file that was sent
PETITIONS_KEPT_YEARS = env.years("GONGZHI_PETITIONS_KEPT_YEARS", 10)  # after their end
SCANNER = env.text("GONGZHI_SCANNER")  # clamd://host:port or clamd:///socket; none if empty
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # JSON of other systems, with files in Base64
MOST_REQUEST_BYTES = 200 * 1024 * 1024  # nine files and the words beside them
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Signing in.
AUTHENTICATION_BACKENDS = ["gongzhi.accounts.adapters.Passwords"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
    {"NAME": "gongzhi.accounts.fields.HouseWords"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "accounts:start"  # which knows the face that fits
LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "gongzhi.accounts.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator opens accounts, nobody signs up
ACCOUNT_SESSION_REMEMBER = False  # until the browser is closed, and never past SESSION_COOKIE_AGE
ACCOUNT_RATE_LIMITS = False  # ours are in a table that all processes share: docs/decisions/
MFA_ADAPTER = "gongzhi.accounts.adapters.SecondStep"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # the lock of the device, not only its presence
MFA_RATE_LIMITS = False  # as above
MFA_RECOVERY_CODES_SHOW_ONCE = True
PROOF_MINUTES = env.minutes("GONGZHI_PROOF_MINUTES", 15)  # how long a proof of who it is counts
# The organisation's own identity provider: none unless it is named here.
OIDC_ISSUER, OIDC_CLIENT, OIDC_NAME = env.provider(
    "GONGZHI_OIDC", "GONGZHI_OIDC_CLIENT", "GONGZHI_OIDC_NAME"
)
OIDC_SECRET = SECRETS.oidc_secret  # none where it knows us as a public client
OIDC_STRONG = set(env.names("GONGZHI_OIDC_STRONG"))  # `acr` and `amr` that count as two steps
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off

# --- What browsers may do: nothing from elsewhere, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
TILES = env.text("GONGZHI_TILES")  # address of map tiles, https://…/{z}/{x}/{y}.png; none needed
if TILES:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append("/".join(TILES.split("/")[:3]))
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
# A browser takes what is called so over HTTPS alone, and from no other host of the same domain.
HOST = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST}sessionid", f"{HOST}csrftoken"
LANGUAGE_COOKIE_NAME = f"{HOST}django_language"
SESSION_ENGINE = "gongzhi.site.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_LONGEST = 24 * 60 * 60  # s from the sign-in on, however often it is used
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Messages to people: while developing they go to an outbox folder that a person can read.
EMAIL_BACKEND = env.backend("GONGZHI_MAIL", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_TIMEOUT = 20  # s; well below the lease of a job
EMAIL_FILE_PATH = env.folder("GONGZHI_OUTBOX", VAR / "outbox")
SMS_GATEWAY = env.text("GONGZHI_SMS")  # where text messages are posted as JSON; the outbox if empty
SMS_TOKEN = env.text("GONGZHI_SMS_TOKEN")
ROBOT_HOSTS = env.names("GONGZHI_ROBOT_HOSTS", "qyapi.weixin.qq.com,oapi.dingtalk.com")
# Where what an administrator named may lead besides the open network.
PRIVATE_HOSTS, PRIVATE_NETWORKS = env.private("GONGZHI_PRIVATE_HOSTS")
# An assistant that writes drafts: none unless it is named here.
ASSISTANT, ASSISTANT_KEY, ASSISTANT_MODEL = env.assistant(
    "GONGZHI_ASSISTANT", "GONGZHI_ASSISTANT_KEY", "GONGZHI_ASSISTANT_MODEL"
)
if TRAINING:  # nothing leaves it, and who works on the real one beside it stays signed in
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    SMS_GATEWAY = SMS_TOKEN = ASSISTANT = ASSISTANT_KEY = OIDC_ISSUER = ""
    ROBOT_HOSTS = []
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST}training_session", f"{HOST}training_csrf"
# Under which terms everybody may use the files of open data.
DATA_LICENCE = env.text("GONGZHI_DATA_LICENCE", "CC-BY-4.0")
DEFAULT_FROM_EMAIL = env.text("GONGZHI_MAIL_FROM", "gongzhi@localhost")

# --- What it tells of itself.
METRICS_TOKEN = env.text("GONGZHI_METRICS_TOKEN")  # of who reads /metrics/; none is served without
LOG_JSON = env.flag("GONGZHI_LOG_JSON")
SLOW_QUERY_MS = env.milliseconds("GONGZHI_SLOW_QUERY_MS")
ZONED = "%Y-%m-%dT%H:%M:%S%z"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"routes": {"()": "gongzhi.upkeep.logs.Routes"}},
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
            "datefmt": ZONED,
        },
        "json": {"()": "gongzhi.upkeep.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["routes"],
            "formatter": "json" if LOG_JSON else "line",
        }
    },
    "loggers": {"pikepdf": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.text("GONGZHI_LOG", "INFO").upper()},
}
