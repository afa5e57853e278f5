from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.deadlines.models import Calendar
from gongzhi.places.models import Place


def _in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


class Role(models.TextChoices):
    """As what somebody serves; businesses to come add host."""

    GRID_WORKER = "grid_worker", _("grid worker")
    GRID_LEAD = "grid_lead", _("grid lead")
    ACCEPTOR = "acceptor", _("acceptor")
    DISPATCHER = "dispatcher", _("dispatcher")
    HANDLER = "handler", _("handler")
    HEAD = "head", _("head of an office")
    MEDIATOR = "mediator", _("mediator")
    INSPECTOR = "inspector", _("inspector")
    SUPERVISOR = "supervisor", _("supervisor")
    DUTY_OFFICER = "duty_officer", _("duty officer")
    LEADER = "leader", _("leader")
    DATA_OFFICER = "data_officer", _("data officer")
    ADMINISTRATOR = "administrator", _("administrator")


IN_OFFICE = (
    Role.HANDLER,
    Role.HEAD,
    Role.MEDIATOR,
)  # who serves in an office, not for a place alone


ON_FOOT = (Role.GRID_WORKER, Role.GRID_LEAD)  # who works outside


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in to work; what they may do follows from their posts alone.

    ``password_given_at`` is when somebody else gave them the password they have; empty once it is theirs.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    password_given_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="username_once_in_any_case",
                violation_error_message=_("This sign-in name is taken: choose another."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if _in_chinese() or not self.name_en else self.name_en


class Office(models.Model):
    """A body with duties for a place and all below it; its limits run by its calendar."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    duty = models.SlugField(
        max_length=40, help_text=_("Which duties of the catalogue are its own.")
    )
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, related_name="offices")
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+")
    phone = models.CharField(max_length=30, blank=True)
    superior = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="below",
        help_text=_("Which office it answers to."),
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["duty"], name="office_of_duty")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if _in_chinese() else self.name_en


class PostQuerySet(models.QuerySet["Post"]):
    def held(self, at: datetime) -> PostQuerySet:
        """Return the posts that are filled at ``at``."""
        return self.filter(valid_from__lte=at, user__is_active=True).filter(
            Q(valid_to=None) | Q(valid_to__gt=at)
        )


class Post(models.Model):
    """As what somebody serves in a place and all below it; some serve in an office (`IN_OFFICE`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role)
    place = models.ForeignKey(Place, models.PROTECT, related_name="posts")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="posts")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(role__in=IN_OFFICE) | Q(office__isnull=False),
                name="post_has_its_office",
                violation_error_message=_("Whoever holds this post serves in an office: name it."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="post_ends_after_start",
                violation_error_message=_("A post ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.office or self.place}"


class Absence(models.Model):
    """From when to when somebody is away, and who stands in for all their posts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="deputises")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="absence_ends_after_start",
                violation_error_message=_("An absence ends after it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(user=F("deputy")),
                name="absence_has_other_deputy",
                violation_error_message=_("Somebody else must stand in."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.deputy} {self.starts_at:%Y-%m-%d}"


class Handover(models.Model):
    """A shift handed over: who hands what to whom, with what is urgent in words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="handovers")
    to = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.post} → {self.to} {self.at:%Y-%m-%d %H:%M}"


class OneTimeCode(models.Model):
    """A code sent to a telephone or an address, kept as keyed hashes until used or expired."""

    contact_hash = models.CharField(max_length=64, primary_key=True)
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"code until {self.expires_at:%H:%M}"


class SignIn(models.Model):
    """That somebody is signed in with a browser; it goes with the session.

    ``label`` is what the browser calls itself in a word or two.  From where it came, nobody keeps.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session = models.OneToOneField(Session, models.CASCADE, related_name="+")
    label = models.CharField(max_length=60)
    since = models.DateTimeField()
    seen_on = models.DateField()

    def __str__(self) -> str:
        return self.label


class Identity(models.Model):
    """By what an identity provider knows somebody: whoever it says that is signs in as them.

    ``subject`` means something only together with ``issuer``; no name and no address is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                name="identity_of_one_account",
                violation_error_message=_("Another account is linked with that already."),
            ),
            models.UniqueConstraint(
                fields=["user", "issuer"],
                name="account_linked_once_with_an_issuer",
                violation_error_message=_("This account is linked already: take that off first."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Throttle(models.Model):
    """How often something was tried since when; its key is a hash that names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    free_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%H:%M}"


@dataclass(frozen=True)
class Held:
    """One post as a value: role, the place's path, the office if any and what its duty is."""

    role: str
    path: str
    office: UUID | None
    instead_of: str = ""
    duty: str = ""


@dataclass(frozen=True)
class Staff(Actor):
    """A signed-in person with the posts they hold or stand in for at a moment: no more queries."""

    id: UUID
    posts: tuple[Held, ...] = ()
    called: str = field(default="", kw_only=True)

    @property
    def name(self) -> str:
        """Return their name also where history has only their role."""
        return self.called or self.label

    def serves(self, role: str, path: str) -> bool:
        """Return whether one of the posts is ``role`` at a place that covers ``path``."""
        for held in self.posts:  # noqa: SIM110  asked for every move: thrice as fast as any()
            if held.role == role and path.startswith(held.path):
                return True
        return False

    def serves_all(self, role: str) -> bool:
        """Return whether one of the posts is ``role`` at a place that is part of no other."""
        return any(held.role == role and held.path.count("/") == 1 for held in self.posts)

    def serves_office(self, office: UUID | None) -> bool:
        """Return whether one of the posts is in ``office``."""
        return office is not None and any(held.office == office for held in self.posts)

    def paths(self, *roles: str) -> tuple[str, ...]:
        """Return the paths of the places served in any of ``roles``."""
        return tuple(sorted({held.path for held in self.posts if held.role in roles}))

    def offices(self) -> tuple[UUID, ...]:
        """Return the offices served in."""
        return tuple(sorted({held.office for held in self.posts if held.office}))

    def has_role(self, *roles: str) -> bool:
        """Return whether any post is one of ``roles``, wherever."""
        return any(held.role in roles for held in self.posts)

    def is_administrator(self) -> bool:
        """Return whether they serve as administrator: `actions.appoint` lets none be one of a part."""
        return self.has_role(Role.ADMINISTRATOR)
