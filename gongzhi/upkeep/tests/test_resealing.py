from __future__ import annotations

import os

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.seal import SM4_128, seal, unseal
from gongzhi.matters.models import Requester
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.matters.tests.make import NOON
from gongzhi.upkeep import actions
from gongzhi.upkeep.actions.resealing import tables

pytestmark = pytest.mark.django_db
LABELS = [
    "audit.Look",
    "demands.Demand",
    "federation.Peer",
    "hotline.Platform",
    "mailbox.Mailbox",
    "mailbox.Robot",
    "matters.Requester",
    "mediation.Agreement",
    "mediation.Assignment",
    "mediation.Case",
    "mediation.Confirmation",
    "mediation.Consent",
    "mediation.Ending",
    "mediation.Help",
    "mediation.Mediator",
    "mediation.Message",
    "mediation.Offer",
    "mediation.Opening",
    "mediation.Session",
    "mediation.Term",
    "mediation.Visit",
    "notices.Letter",
    "notices.Robot",
    "open311.Server",
    "parties.Paper",
    "parties.Party",
    "parties.Signature",
    "petitions.Message",
    "petitions.Petition",
    "petitions.Stage",
    "petitions.Visit",
    "rights.SubjectRequest",
    "webhooks.Hook",
    "webhooks.Inlet",
]
MING = Contact(name="王小明", phone="13800138000")


@pytest.fixture
def town(db):
    return make.town()


def rows():
    return {one.pk: bytes(one.sealed or b"") for one in Requester.objects.exclude(sealed=None)}


def test_every_table_that_seals_for_its_row_is_gone_through():
    """Written down, so that a table whose seal is bound to something else is thought about first."""
    assert sorted(model._meta.label for model in tables()) == LABELS


def test_what_one_cipher_sealed_is_moved_to_the_other_and_back(town, settings):
    for _n in range(3):
        make.matter(town, contact=MING)
    before = rows()
    settings.CIPHER = "sm4-gcm"
    make.matter(town, contact=MING)
    assert sum(sealed.startswith(SM4_128.mark) for sealed in rows().values()) == 1
    assert all(unseal(sealed, key.hex)["name"] == "王小明" for key, sealed in rows().items())
    done, broken = actions.reseal(by=SYSTEM, at=NOON)
    assert (done >= 3, broken) == (True, [])
    moved = rows()
    assert all(sealed.startswith(SM4_128.mark) for sealed in moved.values())
    assert all(unseal(sealed, key.hex)["name"] == "王小明" for key, sealed in moved.items())
    assert actions.reseal(by=SYSTEM, at=NOON) == (0, [])  # nothing twice
    settings.CIPHER = "aes-256-gcm"
    actions.reseal(by=SYSTEM, at=NOON)
    assert not any(sealed.startswith(SM4_128.mark) for sealed in rows().values())
    assert before.keys() < rows().keys()


def test_a_key_that_was_replaced_can_be_thrown_away_afterwards(town, settings):
    make.matter(town, contact=MING)
    new = os.urandom(32)
    settings.SEAL_KEYS = [new, *settings.SEAL_KEYS]
    actions.reseal(by=SYSTEM, at=NOON)
    settings.SEAL_KEYS = [new]
    assert [unseal(sealed, key.hex)["name"] for key, sealed in rows().items()] == ["王小明"]


def test_what_no_key_opens_is_named_and_the_rest_is_done(town, settings, capsys):
    lost = make.matter(town, contact=MING)
    make.matter(town, contact=MING)
    mine, settings.SEAL_KEYS = settings.SEAL_KEYS, [os.urandom(32)]
    Requester.objects.filter(pk=lost.pk).update(sealed=seal({"name": "x"}, lost.pk.hex))
    settings.SEAL_KEYS, settings.CIPHER = mine, "sm4-gcm"
    with pytest.raises(CommandError, match=f"matters.Requester {lost.pk}"):
        call_command("reseal")
    assert "重新加密" in capsys.readouterr().out
    assert sum(sealed.startswith(SM4_128.mark) for sealed in rows().values()) == 1


def test_nobody_does_it_by_a_page(town):
    with pytest.raises(PermissionDenied, match="运维"):
        actions.reseal(by=town.staff("administrator"), at=NOON)
