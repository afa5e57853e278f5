"""Legal aid and psychological support: asked for by one party, given by an office, known to nobody else."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Absence, Office, Post, User
from gongzhi.accounts.queries import offices_above, posts_in
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import action
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.mediation import rules
from gongzhi.mediation.actions.shifting import of_help, press
from gongzhi.mediation.actions.writing import resealed
from gongzhi.mediation.models import GIVERS, LONGEST_WORDS, Assignment, Case, Help, HelpSort
from gongzhi.mediation.states import ONLY_PARTY
from gongzhi.notices.actions import tell_posts
from gongzhi.parties import actions as parties
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member

BOOKED = gettext_lazy("An appointment is set. Read it with number %(number)s and code: %(where)s")


@action
def ask_help(
    case: Case,
    *,
    sort: str,
    words: str = "",
    elsewhere: bool = False,
    by: Member,
    at: datetime,
) -> Help:
    """Ask for an appointment; nothing of it stands in the history of the case.

    ``elsewhere`` says that it may be another office than the nearest.

    :raises ValidationError: no office gives it at this place, or everybody in the nearest has to do
        with the case: then another is offered, if there is one
    """
    if not rules.may_ask_help(by, case):
        raise PermissionDenied(ONLY_PARTY)
    office = _giver(case, sort, elsewhere=elsewhere, at=at)
    key = ids.uuid7()
    made = Help(
        id=key,
        sealed=seal({"words": text.clean(words)[:LONGEST_WORDS]}, key.hex),
        sort=sort,
        wanter=Party.objects.get(pk=by.party),
        office=office,
        asked_at=at,
    )
    insert(made)
    record(made, verb="help.ask", by=by, at=at, first=True, facts={"sort": sort})
    label, link = str(HelpSort(sort).label), reverse("mediation:helps")
    posts = _posts_beside(case, office, at)
    tell_posts(posts, verb="help.ask", label=label, link=link, office=office, by=by, at=at)
    return made


def _giver(case: Case, sort: str, *, elsewhere: bool, at: datetime) -> Office:
    """Return the nearest office that gives it in which somebody has nothing to do with the case."""
    givers = list(offices_above(case.chain).filter(duty=GIVERS[sort]))
    said = {"help": HelpSort(sort).label, "office": givers[0].name if givers else ""}
    if not givers:
        raise ValidationError(
            _("No office gives %(help)s here: call 12348 for law, 12356 for support.") % said
        )
    able = [office for office in givers if _posts_beside(case, office, at).exists()]
    if not able:
        raise ValidationError(
            _(
                "In %(office)s nobody can help who has nothing to do with your case, and no other office "
                "gives it here: call 12348 for law, 12356 for support."
            )
            % said
        )
    if able[0] != givers[0] and not elsewhere:
        said["other"] = able[0].name
        raise ValidationError({
            "elsewhere": _(
                "In %(office)s nobody can help who has nothing to do with your case. %(other)s can: "
                "tick this, and ask again."
            )
            % said
        })  # fmt: skip
    return able[0]


def _posts_beside(case: Case, office: Office, at: datetime) -> QuerySet[Post]:
    """Return the posts of who gives help in ``office``, but for who serves in the committee or mediates.

    Nor those that one of them fills for somebody away.
    """
    named = Assignment.objects.filter(case=case).values("mediator__user")
    committee = posts_in(case.committee_id, at).values("user")
    theirs = User.objects.filter(Q(pk__in=named) | Q(pk__in=committee)).values("pk")
    instead = Absence.objects.filter(deputy__in=theirs, starts_at__lte=at, ends_at__gt=at)
    posts = posts_in(office.pk, at).filter(role__in=rules.CLERKS).exclude(user__in=theirs)
    return posts.exclude(user__in=instead.values("user"))


@of_help
def book(help_: Help, *, begins_at: datetime, where: str, by: Actor, at: datetime) -> None:
    """Name day, time and place; the party is told by their safe way, without what it is about.

    :raises ValidationError: a time that has passed
    """
    if begins_at <= at:
        raise ValidationError({"begins_at": _("This time has passed: choose a later one.")})
    sealed = resealed(help_, where=text.clean(where)[:200])
    facts = {"begins_at": begins_at.isoformat()}
    press(help_, "book", by=by, at=at, facts=facts, begins_at=begins_at, sealed=sealed)
    parties.tell(help_.wanter, BOOKED, verb="help.book", by=by, at=at)


@of_help
def give_help(help_: Help, *, by: Actor, at: datetime) -> None:
    """Record that it took place; what was said stays between the two."""
    press(help_, "give_help", by=by, at=at, ended_at=at)


@of_help
def drop_help(help_: Help, *, by: Actor, at: datetime) -> None:
    """Record that it is not wanted any more, or cannot be given."""
    press(help_, "drop_help", by=by, at=at, ended_at=at)
