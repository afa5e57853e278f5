from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.notices import actions, queries, rules
from gongzhi.notices.forms import ChoiceForm, RobotForm
from gongzhi.notices.models import Letter, Notice, Robot
from gongzhi.notices.words import MOVED


@require_GET
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """Show what I should know, unread first."""
    found = queries.latest(request.staff)
    rows = [(notice, MOVED[notice.verb], is_mine) for notice, is_mine in found]
    return render(request, "notices/index.html", {"rows": rows})


@require_POST
@staff_only
def read(request: SignedIn, pk: UUID) -> HttpResponse:
    """Mark one of my notices as read and go to its matter."""
    notice = get_object_or_404(Notice, pk=pk, user=request.staff.id)
    actions.read(notice, by=request.staff, at=now())
    return redirect(notice.link) if notice.link else redirect("matters:show", notice.matter_id)


@require_POST
@staff_only
def read_all(request: SignedIn) -> HttpResponse:
    """Mark all my notices as read."""
    actions.read_all(by=request.staff, at=now())
    return redirect("notices:index")


@require_GET
@staff_only
def letters(request: SignedIn) -> HttpResponse:
    """Show the letters that left or wait, without where to and what they say."""
    rules.check_letters(request.staff)
    return render(
        request,
        "notices/letters.html",
        {"sendings": queries.letters(), "may_attach": rules.may_attach(request.staff)},
    )


@require_POST
@staff_only
def resend(request: SignedIn, pk: UUID) -> HttpResponse:
    """Try a letter once more."""
    rules.check_letters(request.staff)
    letter = get_object_or_404(Letter, pk=pk)
    actions.resend(letter, by=request.staff, at=now())
    return redirect("notices:letters")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def choose(request: SignedIn) -> HttpResponse:
    """Ask how I want to hear of notices outside the house."""
    choice = queries.choice_of(request.staff.id)
    now_chosen = {
        "mail": choice.mail,
        "scope": "work" if choice.only_work else "all",
        "quiet_from": choice.quiet_from,
        "quiet_to": choice.quiet_to,
    }
    form = ChoiceForm(request.POST or None, initial=now_chosen)
    if form.is_valid():
        actions.choose(**form.cleaned_data, by=request.staff, at=now())
        messages.success(request, _("Your choice is kept."))
        return redirect("notices:choose")
    said = {"form": form, "address": queries.address_of(request.staff.id)}
    return render(request, "notices/choose.html", said, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def robots(request: SignedIn) -> HttpResponse:
    """Show which group robots are told of what comes to which office, and attach another."""
    rules.check_robots(request.staff)
    form = RobotForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_robot(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            form.add_error("address", fault)
        else:
            messages.success(request, _("The robot is attached. Send it a line to try it."))
            return redirect("notices:robots")
    said = {"form": form, "robots": queries.robots()}
    return render(request, "notices/robots.html", said, status=422 if form.errors else 200)


@require_POST
@staff_only
def try_robot(request: SignedIn, pk: UUID) -> HttpResponse:
    """Send a robot a line, to see whether it arrives."""
    rules.check_robots(request.staff)
    actions.try_robot(get_object_or_404(Robot, pk=pk), by=request.staff, at=now())
    messages.success(request, _("A line is on its way. Under “Letters” you see what became of it."))
    return redirect("notices:robots")


@require_POST
@staff_only
def remove_robot(request: SignedIn, pk: UUID) -> HttpResponse:
    """Tell a robot nothing more."""
    rules.check_robots(request.staff)
    robot = get_object_or_404(Robot.objects.select_related("office"), pk=pk)
    actions.remove_robot(robot, by=request.staff, at=now())
    messages.success(request, _("The robot is told nothing more."))
    return redirect("notices:robots")
