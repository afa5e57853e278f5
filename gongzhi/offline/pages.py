from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SIGN_IN, SignedIn, browser, staff_of, staff_only
from gongzhi.offline import actions, packs, queries
from gongzhi.offline.models import Device
from gongzhi.offline.packs import Packed

# What the layout of the field needs on a device; each app adds its own.
LAYOUT = (
    "base/tokens.css",
    "base/core.css",
    "base/portal.css",
    "base/core.js",
    "base/portal.js",
    "base/devices.js",
    "base/vendor/qr/qr.min.js",
    "base/seal.svg",
    "base/vendor/tabler/icons.svg",
    "base/vendor/leaflet/leaflet.css",
    "base/vendor/leaflet/leaflet.js",
    "base/map.js",
    "offline/store.js",
    "offline/sender.js",
    "offline/acts.js",
)


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the script that answers for the pages at hand where the network does not."""
    assets = [static(name) for name in (*LAYOUT, *packs.ASSETS)]
    said = {
        "assets": assets,
        "scripts": [static("offline/store.js"), static("offline/sender.js")],
        "version": sha256("\n".join(assets).encode()).hexdigest()[:12],
    }
    return render(request, "offline/worker.js", said, content_type="text/javascript; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return what a telephone needs to put the field among its applications."""
    icon = {"src": static("base/seal.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {
        "name": _("Gongzhi: my grid"),
        "short_name": _("Gongzhi"),
        "lang": get_language(),
        "start_url": reverse("field:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f5f1",
        "theme_color": "#0c332f",
        "icons": [icon | {"purpose": "any"}, icon | {"purpose": "maskable"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@never_cache
@require_safe
def pack(request: HttpRequest) -> HttpResponse:
    """Tell a device, as JSON, what to have at hand, whose it is, and whether it was wiped."""
    at, by = now(), staff_of(request)
    key = _device_of(request)
    known = queries.device(key) if key else None
    is_wiped = bool(known and known.wiped_at)
    if by is None or not by.posts:
        return JsonResponse({"wiped": is_wiped}, status=401)
    sign_in = request.session.get(SIGN_IN)
    if key and not is_wiped and queries.is_new(known, by, sign_in, localdate(at)):
        actions.know(key, label=browser(request), sign_in=sign_in, by=by, at=at)
    language = get_language() or ""
    pages = [Packed(reverse("offline:waiting"), ""), *packs.pack(by, at)]
    said = {
        "wiped": is_wiped,
        "now": at.isoformat(),
        "owner": queries.owner(by),
        "token": get_token(request),
        "pages": [[one.address, f"{language} {one.version}"] for one in pages],
    }
    return JsonResponse(said)


def _device_of(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.headers.get("Gongzhi-Device", ""))
    except ValueError:
        return None


@require_safe
@gzip_page
@staff_only
def waiting(request: SignedIn) -> HttpResponse:
    """Show what this device keeps and has not sent yet, and the devices on which I work."""
    said = {"devices": queries.devices(request.user), "owner": queries.owner(request.staff)}
    return render(request, "offline/waiting.html", said)


@require_POST
@staff_only
def wipe(request: SignedIn, key: UUID) -> HttpResponse:
    """Have a device wiped when it next calls."""
    device = get_object_or_404(Device.objects.select_related("user"), pk=key)
    actions.wipe(device, by=request.staff, at=now())
    messages.success(request, _("What that device keeps is wiped when it next calls."))
    own = device.user_id == request.staff.id
    return redirect("offline:waiting") if own else redirect("manage:person", device.user.username)
