"""What residents send, and how a session comes to follow a matter."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pillow_heif
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from shapely.geometry import Polygon

from gongzhi.base.ids import uuid7
from gongzhi.matters import actions
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make
from gongzhi.places.models import Edition, Place

pillow_heif.register_heif_opener()

KEY = "7d3d7a3e-7c9c-4a55-9d0a-0f4c1a3b2c1d"


def sent(**says: Any) -> dict[str, Any]:
    """Return what a browser sends: a lamp in the community, anonymous, unless said otherwise."""
    usual = {
        "form_key": KEY,
        "text": "柳岸路口的路灯不亮了。",
        "kind": "",
        "place": "990101001001",
        "address": "",
        "lat": "",
        "lon": "",
        "pin_from": "",
        "occurred_at": "",
        "reach": "no",
    }
    return usual | says


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (40, 30), **says: Any
) -> SimpleUploadedFile:
    """Return a small photograph."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **says)
    return SimpleUploadedFile(f"photo.{kind.lower()}", out.getvalue(), f"image/{kind.lower()}")


def bound(place: Place, shape: Polygon, also: list[str]) -> None:
    """Give a place a boundary and what people call things there: a new edition of the places."""
    middle = shape.representative_point()
    Place.objects.filter(pk=place.pk).update(
        boundary=shapely.to_wkb(shape), lat=middle.y, lon=middle.x, also=also
    )
    Edition.objects.update_or_create(
        only=True, defaults={"stamp": uuid7(), "changed_at": make.NOON}
    )


def raised(client: Client, **says: Any) -> Matter:
    """Raise a matter in the browser and return it."""
    response = client.post(reverse("portal:raise"), sent(**says))
    assert response.status_code == 302, response.context["form"].errors
    return Matter.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])


def follow(client: Client, town: make.Town, **says: Any) -> Matter:
    """Receive a matter and let the browser prove its receipt code."""
    receipt = actions.receive(make.report(town, **says), by=make.ANYBODY, at=make.NOON)
    enter(client, receipt.matter.number, receipt.code)
    return receipt.matter


def enter(client: Client, number: str, code: str) -> Any:
    """Enter a number and a code."""
    return client.post(reverse("portal:follow"), {"number": number, "code": code})
