"""Foreign servers: registered, changed, retired; and which of their services takes what of ours."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.post import reachable
from gongzhi.base.seal import seal
from gongzhi.matters.models import Kind
from gongzhi.open311 import queries, rules
from gongzhi.open311.models import Mapping, Server


def _may(by: Actor) -> None:
    if not rules.may_register(by):
        raise PermissionDenied(_("Only an administrator may register foreign servers."))


@transaction.atomic
def register(
    *, name: str, address: str, jurisdiction: str = "", key: str, by: Actor, at: datetime
) -> Server:
    """Register a server that matters may be passed on to; its key is kept sealed.

    :raises ValidationError: the address is not one on the open network over HTTPS, or the name is taken
    """
    _may(by)
    reachable(address)
    pk = uuid7()
    server = Server(
        id=pk,
        name=name,
        address=address,
        jurisdiction=jurisdiction,
        sealed=seal({"key": key}, pk.hex),
        added_at=at,
    )
    server.full_clean()
    server.save(force_insert=True)
    queries.knows_servers.cache_clear()
    record(server, verb="server.register", by=by, at=at, first=True, facts=_facts(server))
    return server


@transaction.atomic
def change(
    server: Server,
    *,
    name: str,
    address: str,
    jurisdiction: str = "",
    key: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Change where a server is and how it is called; its key only where another is given.

    :raises ValidationError: as in `register`, or another address with the old key
    """
    _may(by)
    reachable(address)
    if address != server.address and not key:
        raise ValidationError(
            {"key": _("Type the key for the new address: the old one is sent to no other.")}
        )
    server.name, server.address, server.jurisdiction = name, address, jurisdiction
    if key:
        server.sealed = seal({"key": key}, server.pk.hex)
    server.full_clean()
    server.save(force_update=True)
    facts = _facts(server) | {"key": bool(key)}
    record(server, verb="server.change", by=by, at=at, facts=facts)


@transaction.atomic
def retire(server: Server, *, by: Actor, at: datetime) -> None:
    """Pass nothing more on to a server, and ask it no more; what stands there stays on record.

    :raises ValidationError: retired already
    """
    _may(by)
    if server.retired_at:
        raise ValidationError(_("This server is retired already."))
    server.retired_at = at
    server.save(update_fields=["retired_at"])
    record(server, verb="server.retire", by=by, at=at)


@transaction.atomic
def map_kind(server: Server, *, kind: Kind, service_code: str, by: Actor, at: datetime) -> Mapping:
    """Say under which service code a server takes matters of a kind.

    :raises ValidationError: nobody else may know of such matters, or the kind has its code already
    """
    _may(by)
    if not queries.is_offered(kind):
        raise ValidationError({"kind": _("Matters of this kind leave the house to nobody.")})
    if server.mappings.filter(kind_code=kind.code).exists():
        raise ValidationError({"kind": _("This kind has its code already: remove that first.")})
    mapping = Mapping(server=server, kind_code=kind.code, service_code=service_code)
    mapping.full_clean()
    mapping.save(force_insert=True)
    facts = {"kind": kind.code, "service_code": service_code}
    record(server, verb="server.map_kind", by=by, at=at, facts=facts)
    return mapping


@transaction.atomic
def unmap_kind(mapping: Mapping, *, by: Actor, at: datetime) -> None:
    """Pass matters of a kind on to a server no more."""
    _may(by)
    facts = {"kind": mapping.kind_code, "service_code": mapping.service_code}
    record(mapping.server, verb="server.unmap_kind", by=by, at=at, facts=facts)
    mapping.delete()


def _facts(server: Server) -> dict[str, object]:
    return {
        "name": server.name,
        "address": server.address,
        "jurisdiction": server.jurisdiction,
    }
