from __future__ import annotations

from datetime import timedelta

import pytest
import shapely

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters import actions
from gongzhi.matters import queries as read
from gongzhi.matters.models import SuggestedPlace
from gongzhi.matters.tests import make
from gongzhi.places.actions import import_addresses
from gongzhi.places.models import Place
from gongzhi.places.readers import AddressRow

pytestmark = pytest.mark.django_db
LATER = make.at(hours=1)


@pytest.fixture
def named(town):
    """The grid is one square degree about 121.5, 31.5, with two houses."""
    boundary = shapely.to_wkb(shapely.box(121, 31, 122, 32))
    Place.objects.filter(pk=town.grid.pk).update(boundary=boundary, lat=31.5, lon=121.5)
    rows = [AddressRow(n, f"翠微路{n}号", lat=31.5, lon=121.5) for n in (2, 4)]
    import_addresses(rows, by=SYSTEM, at=make.NOON)
    return town


def test_which_place_the_words_name_is_noted_once_beside_where_people_said_it_is(named):
    exact = make.matter(named, text="翠微路2号的路灯不亮", lat=31.5005, lon=121.5)
    make.matter(named, text="柳岸社区的路灯不亮")
    make.matter(named, text="柳岸社区的路灯还是不亮", place=named.township)
    silent = make.matter(named, text="路灯不亮")
    make.matter(named, text="翠微路2号的窗口作风不好", kind=named.conduct)
    assert actions.note_places(by=SYSTEM, at=LATER) == 4
    assert actions.note_places(by=SYSTEM, at=LATER) == 0
    found = dict(SuggestedPlace.objects.values_list("matter", "metres"))
    assert (found[exact.pk], found[silent.pk]) == (56, None)
    assert SuggestedPlace.objects.get(matter=silent).path == ""
    told = read.placed(LATER)
    assert (told.named, told.held, told.pinned, told.near) == (3, 2, 1, 1)


def test_what_came_long_ago_is_not_looked_at(named):
    make.matter(named, text="翠微路2号的路灯不亮")
    assert actions.note_places(by=SYSTEM, at=make.NOON + timedelta(days=2)) == 0
