from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.exchange import pointers, readers
from gongzhi.webhooks import actions, queries, rules
from gongzhi.webhooks.actions import Made
from gongzhi.webhooks.forms import POINTERS, HookForm, InletForm, SampleForm, SpanForm
from gongzhi.webhooks.models import Delivery, Hook, Inlet, Line
from gongzhi.webhooks.states import LINE

BOTH = ["GET", "HEAD", "POST"]


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List the hooks with how they stand, and the inlets."""
    rules.check(request.staff)
    context = {"standings": queries.hooks(), "inlets": queries.inlets()}
    return render(request, "webhooks/index.html", context)


@never_cache
@require_http_methods(BOTH)
@staff_only
def add_hook(request: SignedIn) -> HttpResponse:
    """Ask what another system is to be told of; then show its secret, once."""
    rules.check(request.staff)
    form = HookForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.add_hook(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            return _secret(request, made)
    return _form(request, form, _("Add a hook"))


def _form(
    request: SignedIn, form: HookForm | InletForm, head: str, line: Line | None = None
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "line": line, "head": head, "back": _page(line)}
    return render(request, "webhooks/form.html", context, status=status)


def _page(line: Line | None) -> str:
    """Return the address of the page of a hook or an inlet."""
    if line is None:
        return reverse("webhooks:index")
    return reverse(f"webhooks:{line._meta.model_name}", args=[line.pk])


def _secret(request: SignedIn, made: Made) -> HttpResponse:
    """Show a secret: in the answer to the form alone, so that it is at no address."""
    context = {"made": made, "line": made.line, "back": _page(made.line)}
    return render(request, "webhooks/secret.html", context)


def _hook(key: UUID) -> Hook:
    return get_object_or_404(Hook.objects.select_related("office"), pk=key)


@require_safe
@staff_only
def hook(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a hook: what it is told of, how it stands, its latest events and dead letters."""
    rules.check(request.staff)
    return _show(request, _hook(key), SpanForm())


def _show(request: SignedIn, hook: Hook, span: SpanForm) -> HttpResponse:
    context = {
        "hook": hook,
        "told": queries.told_of(hook, localdate()),
        "has_old": len(queries.keys(queries.facts(hook), now())) > 1,
        "moves": _moves(hook),
        "latest": queries.latest(hook),
        "dead": list(queries.dead(hook)[: queries.SHOWN]),
        "n_dead": queries.dead(hook).count(),
        "form": span,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if span.errors else HTTPStatus.OK
    return render(request, "webhooks/hook.html", context, status=status)


def _moves(line: Line) -> list[tuple[str, object]]:
    """Return the address and the label of each move that a button presses."""
    found = (move for move in LINE.open_from(line.state) if move.name != "change")
    return [(reverse(f"webhooks:{move.name}", args=[line.pk]), move.label) for move in found]


@require_safe
@staff_only
def gone(request: SignedIn, key: UUID) -> HttpResponse:
    """Tell the office of a hook how it stands, such as that its receiver wanted no more."""
    hook = _hook(key)
    if not rules.may_see(request.staff, hook):
        raise PermissionDenied(_("Only the office that asked for it may see this."))
    return render(request, "webhooks/gone.html", {"hook": hook})


def _line(key: UUID) -> Hook | Inlet:
    """Return the hook or the inlet with a key."""
    found = Hook.objects.select_related("office").filter(pk=key).first()
    return found or get_object_or_404(Inlet.objects.select_related("office"), pk=key)


@require_http_methods(BOTH)
@staff_only
def change(request: SignedIn, key: UUID) -> HttpResponse:
    """Change what a hook is told of or where, or how an inlet reads what comes."""
    rules.check(request.staff)
    line, typed = _line(key), request.POST or None
    form = HookForm.of(line, typed) if isinstance(line, Hook) else InletForm.of(line, typed)
    if form.is_valid():
        try:
            actions.change(line, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect(_page(line))
    return _form(request, form, line.name, line)


@never_cache
@require_POST
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Stop it, start it again, or give it a new secret, which is then shown once."""
    rules.check(request.staff)
    line = _line(key)
    made = getattr(actions, name)(line, by=request.staff, at=now())
    return _secret(request, made) if name == "rotate" else redirect(_page(line))


# --- Inlets.


@never_cache
@require_http_methods(BOTH)
@staff_only
def add_inlet(request: SignedIn) -> HttpResponse:
    """Ask how another system's messages are read; then show the inlet's secret, once."""
    rules.check(request.staff)
    form = InletForm(request.POST or None)
    if form.is_valid():
        made = actions.add_inlet(**form.cleaned_data, by=request.staff, at=now())
        return _secret(request, made)
    return _form(request, form, _("Add an inlet"))


@require_http_methods(BOTH)
@staff_only
def inlet(request: SignedIn, key: UUID) -> HttpResponse:
    """Show an inlet, and what would become of a message that is pasted: nothing is kept."""
    rules.check(request.staff)
    inlet = get_object_or_404(Inlet.objects.select_related("office"), pk=key)
    form, at = SampleForm(request.POST or None), now()
    context: dict[str, object] = {}
    if form.is_valid():
        context = _tried(inlet, form, at)
    context |= {
        "inlet": inlet,
        "where": settings.ORIGIN + reverse("webhooks:take", args=[inlet.slug]),
        "has_old": len(queries.keys(queries.facts(inlet), at)) > 1,
        "mapping": [(POINTERS[name][0], pointer) for name, pointer in inlet.mapping.items()],
        "moves": _moves(inlet),
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "webhooks/inlet.html", context, status=status)


def _tried(inlet: Inlet, form: SampleForm, at: datetime) -> dict[str, object]:
    """Return what would become of the message in a form: a report, or what is wrong with each field."""
    try:
        document = readers.parse(form.cleaned_data["sample"].encode())
        report = queries.report_of(inlet, readers.read(inlet.mapping, document), at)
    except readers.NotJSON:
        form.add_error("sample", _("This is no JSON."))
        return {}
    except queries.Unusable as fault:
        faults = [(POINTERS[one.field][0], one.pointer, one.detail) for one in fault.faults]
        return {"faults": faults}
    return {"report": report, "theirs": pointers.find(document, inlet.mapping["id"])}


# --- What is told.


@require_POST
@staff_only
def test(request: SignedIn, key: UUID) -> HttpResponse:
    """Send a hook an event about nothing, and say what became of it."""
    rules.check(request.staff)
    hook = _hook(key)
    outcome = actions.test(hook, by=request.staff, at=now())
    if outcome.taken:
        messages.success(request, _("The receiver took the test event."))
    else:
        said = _("The receiver did not take the test event: %(error)s") % {"error": outcome.error}
        messages.error(request, said)
    return redirect("webhooks:hook", hook.pk)


# --- Dead letters.


@require_safe
@staff_only
def dead(request: SignedIn) -> HttpResponse:
    """List what could not be told to any hook."""
    rules.check(request.staff)
    found = queries.dead()
    context = {"dead": list(found[: queries.SHOWN]), "n_dead": found.count()}
    return render(request, "webhooks/dead.html", context)


@require_POST
@staff_only
def replay(request: SignedIn, key: UUID) -> HttpResponse:
    """Send a dead letter once more, or let it go."""
    rules.check(request.staff)
    found = Delivery.objects.select_related("hook__office")
    letter = get_object_or_404(found, hook=key, event=_event(request))
    if "drop" in request.POST:
        actions.drop(letter, by=request.staff, at=now())
        messages.success(request, _("It is let go, and what it held back is sent."))
    else:
        actions.replay(letter, by=request.staff, at=now())
        messages.success(request, _("It is sent again."))
    return redirect("webhooks:hook", letter.hook.pk)


def _event(request: SignedIn) -> UUID:
    try:
        return UUID(request.POST.get("event", ""))
    except ValueError:
        raise ValidationError(
            _("This names no event: go back and press the button again.")
        ) from None


@require_POST
@staff_only
def replay_all(request: SignedIn, key: UUID) -> HttpResponse:
    """Send all dead letters of a hook once more."""
    rules.check(request.staff)
    hook = _hook(key)
    _say(request, actions.replay_all(hook, by=request.staff, at=now()))
    return redirect("webhooks:hook", hook.pk)


@require_POST
@staff_only
def replay_span(request: SignedIn, key: UUID) -> HttpResponse:
    """Send again what a hook was told in a span of time."""
    rules.check(request.staff)
    hook, form = _hook(key), SpanForm(request.POST)
    if form.is_valid():
        try:
            n = actions.replay_span(hook, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            _say(request, n)
            return redirect("webhooks:hook", hook.pk)
    return _show(request, hook, form)


def _say(request: SignedIn, n: int) -> None:
    said = ngettext("%(n)d event is sent again.", "%(n)d events are sent again.", n) % {"n": n}
    messages.success(request, said)
