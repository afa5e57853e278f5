"""Two press at the same moment: what was signed is noted, and nobody writes over another."""

from __future__ import annotations

import pytest
from django.db.models import F

from gongzhi.audit.queries import history
from gongzhi.base.moves import MoveLost
from gongzhi.mediation import actions, queries
from gongzhi.mediation.models import Agreement
from gongzhi.mediation.states import Draft, State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.make import NOON
from gongzhi.parties import actions as parties

pytestmark = pytest.mark.django_db


def test_the_last_yes_is_noted_though_somebody_pressed_at_the_same_moment(town, somebody_first):
    made = some.presented(town, make.mediating(town), oral=True)
    some.affirm(made, "赵青")
    moved = lambda: Agreement.objects.filter(pk=made.pk).update(version=F("version") + 1)  # noqa: E731
    with somebody_first('UPDATE "mediation_agreement"', moved):
        some.affirm(made, "钱川")
    assert (made.state, made.case.state) == (Draft.IN_FORCE, State.AGREED)


def test_where_all_said_yes_and_it_was_not_noted_any_of_them_goes_on(town):
    made = some.presented(town, make.mediating(town), oral=True)
    some.affirm(made, "赵青")
    qian, by = make.party(made.case, "钱川"), make.side(made.case, "钱川")
    typed = some.code(qian, by, NOON)
    parties.sign(
        made.case_id, document=made.digest, drawing="", party=qian, code=typed, by=by, at=NOON
    )
    actions.affirm(made, code="", by=make.side(made.case), at=NOON)
    assert made.state == Draft.IN_FORCE


def test_a_signature_is_noted_though_somebody_pressed_at_the_same_moment(town, somebody_first):
    made = some.presented(town, make.mediating(town))
    moved = lambda: Agreement.objects.filter(pk=made.pk).update(version=F("version") + 1)  # noqa: E731
    with somebody_first('UPDATE "mediation_agreement"', moved):
        some.sign(made, "赵青")
    assert [s.name for s in queries.signatures(made)] == ["赵青"]
    assert [one.verb for one in history(made.pk)][-1] == "agreement.sign"


def test_of_two_mediators_who_draft_at_once_the_second_looks_again(town, somebody_first):
    case = make.mediating(town)
    first = lambda: some.draft(town, case)  # noqa: E731
    with (
        somebody_first('INSERT INTO "mediation_agreement"', first),
        pytest.raises(MoveLost, match="已有其他人先一步办理"),
    ):
        some.draft(town, case)
