from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gongzhi.accounts.models import (
    ON_FOOT,
    Absence,
    Handover,
    Held,
    Identity,
    Office,
    Post,
    Role,
    SignIn,
    Staff,
    Throttle,
    User,
)
from gongzhi.base.kept import kept
from gongzhi.base.seal import keyed_hash
from gongzhi.places.queries import below

# Asked at every request of everybody who signed in, so written out: to compose it would cost four
# times what it costs to answer.  What holds a post is `PostQuerySet.held`.
POSTS_OF = """
    SELECT DISTINCT post.role, place.path, post.office_id, post.user_id, holder.name_zh,
        office.duty
    FROM accounts_post post
    JOIN accounts_user holder ON holder.id = post.user_id
    JOIN places_place place ON place.id = post.place_id
    LEFT JOIN accounts_office office ON office.id = post.office_id
    LEFT JOIN accounts_absence away ON away.user_id = post.user_id
    WHERE post.valid_from <= %s AND (post.valid_to IS NULL OR post.valid_to > %s)
        AND holder.is_active
        AND (post.user_id = %s
            OR (away.deputy_id = %s AND away.starts_at <= %s AND away.ends_at > %s))
"""


def staff(user: User, at: datetime) -> Staff:
    """Return ``user`` with the posts held or deputised for at ``at`` (one query).

    Who is away keeps the right to look and act: leave ends at a moment, duty does not wait for it.
    """
    key = user._meta.pk.get_db_prep_value(user.pk, connection)
    now = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(POSTS_OF, [now, now, key, key, now, now])
        rows = cursor.fetchall()
    posts = tuple(
        Held(role, path, _uuid(office), "" if _uuid(owner) == user.pk else name, duty or "")
        for role, path, office, owner, name, duty in rows
    )
    return Staff(user.pk, _label(user.name_zh, posts), posts, called=user.name_zh)


def _label(name: str, posts: Sequence[Held]) -> str:
    """Return as what somebody stands in histories: whoever only walks a grid is not named.

    What they did, where and when would be the way they went.
    """
    roles = {held.role for held in posts}
    if not roles or roles - {*ON_FOOT}:
        return name
    return Role.GRID_LEAD if Role.GRID_LEAD in roles else Role.GRID_WORKER


def _uuid(key: UUID | str | None) -> UUID | None:
    return UUID(key) if isinstance(key, str) else key  # SQLite knows no UUIDs


@kept()
def offices() -> dict[UUID | None, Office]:
    """Return all offices by their keys, for their names; kept a minute."""
    return {office.pk: office for office in Office.objects.all()}


def house(some: Iterable[UUID | None]) -> frozenset[UUID]:
    """Return the offices ``some`` with all they answer to and all that answer to them.

    By the offices as they are kept: whom an office begins to answer to today counts everywhere
    within a minute.
    """
    mine = {pk for pk in some if pk}
    if not mine:
        return frozenset()
    above = {pk for one in mine for pk in _line(one)}
    below_them = {pk for pk in offices() if pk and mine & set(_line(pk))}
    return frozenset(above | below_them)


def answering_to(office: UUID) -> list[Office]:
    """Return the open offices that answer to ``office``, directly or through others, by code."""
    found = (one for pk, one in offices().items() if pk and pk != office and office in _line(pk))
    return sorted((one for one in found if one.is_active), key=lambda one: one.code)


def _line(office: UUID) -> list[UUID]:
    """Return an office and those it answers to, the nearest first."""
    line: list[UUID] = []
    above: UUID | None = office
    while above and above not in line:
        line.append(above)
        known = offices().get(above)
        above = known.superior_id if known else None
    return line


def present(posts: QuerySet[Post], at: datetime) -> QuerySet[User]:
    """Return who fills ``posts`` at ``at``: holders who are there, and deputies of those away."""
    away = Q(absences__starts_at__lte=at, absences__ends_at__gt=at)
    holders = User.objects.filter(posts__in=posts).exclude(
        pk__in=User.objects.filter(away).values("pk")
    )
    deputies = User.objects.filter(
        deputises__user__posts__in=posts,
        deputises__starts_at__lte=at,
        deputises__ends_at__gt=at,
    )
    return User.objects.filter(Q(pk__in=holders.values("pk")) | Q(pk__in=deputies.values("pk")))


def posts_of(role: str, path: str, at: datetime) -> QuerySet[Post]:
    """Return the posts of ``role`` that cover the place at ``path`` at ``at``."""
    chain = [path[: n + 1] for n, char in enumerate(path) if char == "/"]
    return Post.objects.held(at).filter(role=role, place__path__in=chain)


def nearest(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Return those of ``posts`` on one chain that serve the smallest place (one query more)."""
    paths = posts.order_by("-place__path").values("place__path")[:1]
    return posts.filter(place__path__in=paths)


def posts_in(office: UUID, at: datetime) -> QuerySet[Post]:
    """Return the posts in ``office`` at ``at``."""
    return Post.objects.held(at).filter(office=office)


def serving(some: Iterable[UUID], at: datetime) -> QuerySet[User]:
    """Return who has to do with the offices ``some`` at ``at``: holders of posts and deputies."""
    held = Post.objects.held(at).filter(office__in=some)
    instead = Absence.objects.filter(user__posts__in=held, starts_at__lte=at, ends_at__gt=at)
    return User.objects.filter(Q(posts__in=held) | Q(deputises__in=instead)).distinct()


def office_for(duty: str, path: str) -> Office | None:
    """Return the office with ``duty`` that is nearest above the place at ``path`` (one query)."""
    chain = [path[: n + 1] for n, char in enumerate(path) if char == "/"]
    offices = Office.objects.filter(duty=duty, is_active=True, place__path__in=chain)
    return offices.annotate(path=F("place__path")).order_by("-path").first()


def attempts(purpose: str, whose: str) -> int:
    """Return how many attempts of ``whose`` at ``purpose`` are counted now (one query)."""
    row = Throttle.objects.filter(key=keyed_hash(f"throttle:{purpose}", whose)).first()
    return row.count if row else 0


def posts(user: User, at: datetime) -> QuerySet[Post]:
    """Return the posts that ``user`` holds at ``at``, with what a list shows."""
    rows = Post.objects.held(at).filter(user=user)
    return rows.select_related("place__level", "office", "user").order_by("role", "place__path")


def absences(at: datetime) -> QuerySet[Absence]:
    """Return the absences that last or are still to come at ``at``, the earliest first."""
    rows = Absence.objects.filter(ends_at__gt=at).select_related("user", "deputy")
    return rows.order_by("starts_at", "id")


def colleagues(user: User, at: datetime) -> QuerySet[User]:
    """Return who could stand in for ``user``: those of the same office or role around.

    Where there is nobody, whoever serves at the place or above it and in no office, so that no post
    is without somebody to name.
    """
    who, any_here = Q(pk__in=[]), Q(pk__in=[])
    for post in posts(user, at):
        above = post.place.path.rsplit("/", 2)[0] + "/" if post.place.parent_id else post.place.path
        who |= Q(role=post.role) & below("place__path", [above])
        if post.office_id:
            who |= Q(office=post.office_id)
        path = post.place.path
        any_here |= Q(place__path__in=[path[: n + 1] for n, c in enumerate(path) if c == "/"])
    held = Post.objects.held(at)
    others = User.objects.exclude(pk=user.pk).order_by("name_zh", "username")
    near = others.filter(pk__in=held.filter(who).values("user"))
    here = held.filter(any_here, office=None)
    return near if near.exists() else others.filter(pk__in=here.values("user"))


def same_post(post: Post, at: datetime) -> QuerySet[User]:
    """Return the others who fill the same post as ``post`` at ``at``."""
    same = Post.objects.held(at).filter(role=post.role, place=post.place_id, office=post.office)
    return (
        User.objects.filter(pk__in=same.values("user")).exclude(pk=post.user_id).order_by("name_zh")
    )


def handovers(user: User) -> QuerySet[Handover]:
    """Return the latest shifts handed to ``user``."""
    rows = Handover.objects.filter(to=user).select_related(
        "post__user", "post__place", "post__office"
    )
    return rows.order_by("-at")[:5]


def offices_above(path: str) -> QuerySet[Office]:
    """Return the offices that serve the place at ``path``, the nearest first."""
    chain = [path[: n + 1] for n, char in enumerate(path) if char == "/"]
    offices = Office.objects.filter(is_active=True, place__path__in=chain)
    return offices.annotate(path=F("place__path")).order_by("-path", "code")


def second_steps(user: User) -> set[str]:
    """Return what of a second step of sign-in is set up: ``totp``, ``webauthn`` (one query)."""
    return set(_second_steps().filter(user=user).values_list("type", flat=True))


def has_second_step() -> Exists:
    """Return as a condition on accounts that a code of an app or a passkey protects them."""
    return Exists(_second_steps().filter(user=OuterRef("pk")))


def _second_steps() -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return rows


def passkeys(user: User) -> QuerySet[Authenticator]:
    """Return the passkeys of ``user``, the oldest first."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(
        user=user, type=Authenticator.Type.WEBAUTHN
    )
    return rows.order_by("pk")


def sign_ins(user: User) -> QuerySet[SignIn]:
    """Return with which browsers ``user`` is signed in, the latest first."""
    return SignIn.objects.filter(user=user).select_related("user").order_by("-since")


def identity(user: User) -> Identity | None:
    """Return by what the identity provider knows ``user``; ``None`` where it does not, or none is set up.

    One query where one is.
    """
    if not settings.OIDC_ISSUER:
        return None
    return Identity.objects.filter(user=user, issuer=settings.OIDC_ISSUER).first()


def known_as(subject: str) -> User | None:
    """Return whose account is linked with ``subject`` of the identity provider, closed ones too (one query)."""
    found = Identity.objects.filter(issuer=settings.OIDC_ISSUER, subject=subject)
    one = found.select_related("user").first()
    return one.user if one else None


def passkey_key(passkey: Authenticator) -> str:
    """Return what stands for a passkey in an address: its number would count those of everybody."""
    return keyed_hash("passkey", str(passkey.pk))[:20]


def duties() -> dict[str, str]:
    """Return the duties that an office has, by code, with the names of whose they are (one query).

    The offices of many townships with one duty have one name, without that of the township.
    """
    found: dict[str, list[str]] = {}
    for office in Office.objects.select_related("place").order_by("duty", "place__path", "code"):
        name = office.name.removeprefix(office.place.name).strip()
        names = found.setdefault(office.duty, [])
        if name not in names:
            names.append(name)
    return {duty: " / ".join(names) for duty, names in found.items()}
