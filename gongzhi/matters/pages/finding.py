"""The matter that an address names, for whoever may see it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.base.rows import one
from gongzhi.matters import rules
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.matters.queries import named

# Written out: to compose it costs more than to answer it.
HAS_JOINED = RawSQL(
    "EXISTS (SELECT 1 FROM matters_matter one WHERE one.merged_into_id = matters_matter.id)",
    (),
    BooleanField(),
)
HAS_PHOTOS = RawSQL(
    "EXISTS (SELECT 1 FROM matters_attachment one WHERE one.matter_id = matters_matter.id)",
    (),
    BooleanField(),
)


def find(key: UUID, by: Staff) -> Matter:
    """Return the matter with what its page shows of it: one query, two where an office only took part.

    :raises Http404: there is none
    :raises PermissionDenied: it is not theirs to see; says so without a title or a name
    """
    found = one(_with_what_is_shown, key)
    if found is None:
        raise Http404(_("There is no such matter."))
    matter = named(found)
    if not rules.may_see(by, matter):
        raise PermissionDenied(_not_yours(matter, by))
    return matter


def _with_what_is_shown() -> QuerySet[Matter]:
    joined = Matter.objects.select_related("requester", "duty")
    return joined.annotate(has_joined=HAS_JOINED, has_photos=HAS_PHOTOS)


def find_task(key: UUID, by: Staff) -> OfficeTask:
    """Return the task of a co-office with its matter, as `find` finds it: three queries.

    :raises Http404: there is none
    :raises PermissionDenied: the matter is not theirs to see
    """
    try:
        task = OfficeTask.objects.select_related("office").get(pk=key, lead=False)
    except OfficeTask.DoesNotExist as gone:
        raise Http404(_("There is no such task.")) from gone
    task.matter = find(task.matter_id, by)
    return task


def _not_yours(matter: Matter, by: Staff) -> str:
    """Where the person's own office had it, say that it has moved on; never more."""
    if rules.barred(by, matter):
        return _("This matter is not with your office or your place.")
    had = OfficeTask.objects.filter(matter=matter, office__in=by.offices())
    if by.offices() and had.exists():
        return _("Your office gave this matter back. It is with another office now.")
    return _("This matter is not with your office or your place.")
