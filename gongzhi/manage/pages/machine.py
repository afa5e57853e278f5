"""What the machine does by itself: jobs that wait or failed; and the histories it keeps."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.audit.queries import broken, history
from gongzhi.jobs.actions import retry
from gongzhi.jobs.models import Job
from gongzhi.manage import queries
from gongzhi.manage.forms import FindForm
from gongzhi.manage.rules import administrators_only
from gongzhi.matters.rules import took_part
from gongzhi.matters.words import unheard


@require_safe
@administrators_only
def jobs(request: SignedIn) -> HttpResponse:
    """Show what waits, what failed with its error, and what recurs."""
    said = {"waiting": queries.waiting(), "failed": queries.stuck(), "beats": queries.beats()}
    return render(request, "manage/jobs.html", said | {"at": now()})


@require_POST
@administrators_only
def retry_job(request: SignedIn) -> HttpResponse:
    """Let a job that failed run once more."""
    key = request.POST.get("job", "")
    job = Job.objects.filter(pk=key).exclude(failed_at=None).first() if key.isdecimal() else None
    if not job:
        raise ValidationError(_("This job is not waiting for anybody any more."))
    retry(job, by=request.staff, at=now())
    messages.success(request, _("The job runs again in a moment."))
    return redirect("manage:jobs")


@require_safe
@administrators_only
def histories(request: SignedIn) -> HttpResponse:
    """Find a history by a matter's number or a record's key."""
    find = FindForm(request.GET)
    asked = find.cleaned_data["q"] if find.is_valid() else ""
    found = queries.subject(asked) if asked else None
    if found:
        return redirect("manage:history", found)
    return render(request, "manage/histories.html", {"asked": asked})


@require_safe
@administrators_only
def chain(request: SignedIn, key: UUID) -> HttpResponse:
    """Show what happened to one record, without words or names of people, and whether it is whole."""
    entries = list(history(key))
    if not entries:
        raise Http404
    if queries.kept_from(request.staff, key):
        raise PermissionDenied(_("This matter is not with your office or your place."))
    faults, sort = broken(key), entries[0].subject_type
    if took_part(request.staff, key):
        entries = unheard(entries)
    said = {"entries": entries, "faults": faults, "key": key, "sort": sort}
    return render(request, "manage/history.html", said)
