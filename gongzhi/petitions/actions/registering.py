"""A petition comes in: from whoever raises it, at the petition office, or through somebody they trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import house, office_for
from gongzhi.audit.actors import Actor
from gongzhi.base import ids, text
from gongzhi.base.rows import insert, update
from gongzhi.base.seal import seal
from gongzhi.deadlines.queries import default_days, kept_rule
from gongzhi.matters.actions.intake import new_number
from gongzhi.matters.receipts import receipt_code
from gongzhi.matters.uploads import Upload
from gongzhi.parties.actions import Joined, join, keep
from gongzhi.parties.actions import sign as put_signature
from gongzhi.parties.models import Party
from gongzhi.parties.queries import of_file
from gongzhi.parties.reach import Reach
from gongzhi.petitions import queries, rules
from gongzhi.petitions.actions.writing import begin, noted, open_stage, said
from gongzhi.petitions.models import LONGEST_TITLE, Petition
from gongzhi.petitions.readers import topics
from gongzhi.petitions.states import Instance, Part, Sort, State, Way
from gongzhi.petitions.words import NOT_HERE, TO_DISCIPLINE
from gongzhi.places.models import Place

BUSINESS = "petitions"
REPRESENTATIVES = "petition.representatives"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody raises, in their words; ``representatives`` speak for many who come in person."""

    text: str
    topic: str
    place: Place
    reach: Reach
    sort: str = Sort.CLAIM
    way: str = Way.WEB
    wish: str = ""
    representatives: Sequence[Reach] = ()
    denounced: Office | None = None
    name_open: bool = False
    papers: Sequence[Upload] = ()
    form_key: UUID | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """A petition with the receipt code of who raised it, and of those who speak beside them."""

    petition: Petition
    code: str
    others: Sequence[Joined] = ()


def register(given: Given, *, by: Actor, at: datetime) -> Registered:
    """Register a petition, from anybody, by any way; a form sent twice gives the first again.

    :raises ValidationError: no words, an unknown topic, more representatives than art. 20 lets
        come in person, or no petition office
    """
    if not rules.may_register_by(by, given.way):
        raise PermissionDenied(_("What comes by this way the petition office writes down."))
    return _once(given, by, at)


def receive(given: Given, *, office: Office, by: Actor, at: datetime) -> Registered:
    """Register at the desk of an organ what came to it directly; a form sent twice gives the first again.

    Its 15 days to tell the petitioner in writing run from now (art. 23).  The petition office of the
    place keeps it like any other, and sees whether the organ keeps its limits.

    :raises ValidationError: as `register`, or it reports wrongdoing of this office or its house
    """
    if not rules.may_receive(by, office):
        raise PermissionDenied(
            _("Only who serves in the office to which it came registers it there.")
        )
    if given.denounced and given.denounced.pk in house([office.pk]):
        raise ValidationError({"denounced": str(NOT_HERE)})
    return _once(given, by, at, office)


def _once(given: Given, by: Actor, at: datetime, office: Office | None = None) -> Registered:
    """Check and store what was raised; or return what the same form stored before."""
    _check(given, by, at)
    code = receipt_code(given.form_key)
    try:
        with transaction.atomic():
            return _stored(given, by, at, office)
    except IntegrityError:
        before = Petition.objects.filter(form_key=given.form_key).first()
        if given.form_key is None or before is None:
            raise
        return Registered(before, code)


def _check(given: Given, by: Actor, at: datetime) -> None:
    if given.way == Way.PROXY and not rules.may_file_at(by, given.place):
        raise ValidationError(
            {
                "place": _(
                    "You file for others only where you serve: choose such a place. For another, somebody "
                    "who serves there files it, or the petition office writes it down."
                )
            }
        )
    if given.topic not in topics():
        raise ValidationError({"topic": _("Choose what it is about.")})
    if (given.sort == Sort.DENUNCIATION) < bool(given.denounced):
        raise ValidationError(
            {"denounced": _("Only a report of wrongdoing names the office that it is about.")}
        )
    today = at.astimezone(default_days().zone).date()
    rule = kept_rule(REPRESENTATIVES, today)
    if given.way == Way.VISIT and rule and len(given.representatives) > rule.value:
        raise ValidationError(
            {
                "representatives": _(
                    "When many come in person, at most %(most)d speak for all of them. Please "
                    "choose who; everybody else can sign online, without limit."
                )
                % {"most": rule.value}
            }
        )


def _stored(given: Given, by: Actor, at: datetime, office: Office | None) -> Registered:
    petition = _petition(given, at)
    if office:
        petition.state = State.RECEIVED
    insert(petition)
    facts = {
        "sort": petition.sort,
        "way": petition.way,
        "topic": petition.topic,
        "place": given.place.code,
        "office": (office or petition.keeper).code,
    }
    name = "receive" if office else "register"
    noted(petition, name, by=by, at=at, first=True, facts=facts)
    if office:
        stage = open_stage(petition, Instance.HANDLE, office, at=at)
        update(petition, {"stage": stage})
        petition.stage = stage
        begin(stage, "notify", office=office, by=by, at=at)
    else:
        begin(petition, "forward", office=petition.keeper, by=by, at=at)
    first = _join(petition, Part.PETITIONER, given.reach, by, at, form_key=given.form_key)
    for upload in given.papers:
        keep(petition.pk, upload=upload, giver=first.party, by=by, at=at)
    others = [_join(petition, Part.REPRESENTATIVE, one, by, at) for one in given.representatives]
    return Registered(petition, first.code, others)


def _petition(given: Given, at: datetime) -> Petition:
    key, words = ids.uuid7(), said(given.text)
    title = text.first_line(words, LONGEST_TITLE)
    sealed = {"title": title, "text": words, "wish": text.clean(given.wish)[:1000]}
    return Petition(
        id=key,
        sealed=seal(sealed, key.hex),
        number=new_number(at.astimezone(default_days().zone), given.place.path),
        form_key=given.form_key,
        state=State.REGISTERED,
        sort=given.sort,
        way=given.way,
        topic=given.topic,
        place=given.place,
        chain=given.place.path,
        keeper=_keeper(given),
        denounced=given.denounced,
        name_open=given.name_open and given.sort != Sort.DENUNCIATION,
        synthetic=given.synthetic,
        received_at=at,
    )


def _keeper(given: Given) -> Office:
    """Return the petition office of the place; the one it answers to where it is itself denounced."""
    found = office_for(rules.DUTY, given.place.path)
    if found is None:
        raise ValidationError(
            {"place": _("No petition office serves this place yet. Choose the district.")}
        )
    if given.denounced and given.denounced.pk == found.pk:
        found = queries.above(found)
        if found is None:
            raise ValidationError({"denounced": str(TO_DISCIPLINE)})
    return found


def _join(
    petition: Petition,
    part: str,
    reach: Reach,
    by: Actor,
    at: datetime,
    *,
    acts_for: Party | None = None,
    form_key: UUID | None = None,
) -> Joined:
    return join(
        petition.pk,
        business=BUSINESS,
        number=petition.number,
        role=part,
        reach=reach,
        acts_for=acts_for,
        form_key=form_key,
        by=by,
        at=at,
    )


@transaction.atomic
def file_for(given: Given, *, drawing: str, by: Actor, at: datetime) -> Registered:
    """File a petition for somebody who cannot, with their consent signed before ``by`` (信访代理).

    Who files it becomes its proxy, with a code of their own, beside the petitioner and their code.  A
    form sent twice gives the first again.

    :raises ValidationError: as `register`, or it is about a place where ``by`` does not serve
    """
    if not rules.may_file(by):
        raise PermissionDenied(
            _("Only grid workers, grid leads and acceptors file petitions for others.")
        )
    made = register(replace(given, way=Way.PROXY), by=by, at=at)
    petition = made.petition
    people = {one.role: one for one in of_file(petition.pk)}
    form_key = given.form_key and uuid5(given.form_key, Part.PROXY)
    if before := people.get(Part.PROXY):
        return Registered(petition, made.code, [Joined(before, receipt_code(form_key))])
    petitioner = people[Part.PETITIONER]
    put_signature(
        petition.pk,
        document=consent(given),
        drawing=drawing,
        party=petitioner,
        witnessed=True,
        by=by,
        at=at,
    )
    reach = Reach(name=by.name)
    proxy = _join(petition, Part.PROXY, reach, by, at, acts_for=petitioner, form_key=form_key)
    return Registered(petition, made.code, [proxy])


def consent(given: Given) -> str:
    """Return the digest of what somebody consents to who lets a proxy file: their words and wish."""
    return sha256(f"{text.clean(given.text)}\0{text.clean(given.wish)}".encode()).hexdigest()


@transaction.atomic
def sign(petition: Petition, *, reach: Reach, by: Actor, at: datetime) -> Joined:
    """Sign a petition beside who raised it; as many as wish, each with a code of their own."""
    if not rules.may_sign(by, petition):
        raise PermissionDenied(
            _("This petition is not open for signing, or no longer. Ask who sent you the link.")
        )
    joined = _join(petition, Part.SIGNER, reach, by, at)
    noted(petition, "sign", by=by, at=at)
    return joined
