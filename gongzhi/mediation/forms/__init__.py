"""What is typed becomes keyword arguments of one action."""

from __future__ import annotations

from gongzhi.mediation.forms.applying import ApplyForm, others
from gongzhi.mediation.forms.closing import FailForm
from gongzhi.mediation.forms.fields import About, MoveForm
from gongzhi.mediation.forms.moves import (
    AdmitForm,
    AssignForm,
    ChallengeForm,
    ChooseForm,
    DeclareForm,
    HoldForm,
    OfferForm,
    OwnForm,
    PlanForm,
    ReasonForm,
    RecordForm,
    RelieveForm,
    RenewForm,
    RescheduleForm,
)
from gongzhi.mediation.forms.rooms import SayForm
from gongzhi.mediation.forms.roster import ListForm, RowForm

# Of what the committee and the mediators press.
FORMS: dict[str, type[MoveForm]] = {
    "invite": MoveForm,
    "decline": ReasonForm,
    "admit": AdmitForm,
    "consent": RecordForm,
    "refuse": RecordForm,
    "revoke": RecordForm,
    "assign": AssignForm,
    "declare": DeclareForm,
    "step_down": MoveForm,
    "relieve": RelieveForm,
    "begin": MoveForm,
    "prolong": MoveForm,
    "offer": OfferForm,
    "retract": MoveForm,
    "renew": RenewForm,
    "plan": PlanForm,
    "reschedule": RescheduleForm,
    "hold": HoldForm,
    "cancel": MoveForm,
    "fail": FailForm,
    "close": MoveForm,
    "archive": MoveForm,
}
# Of what a party presses.
PARTY_FORMS: dict[str, type[MoveForm]] = {
    "consent": OwnForm,
    "refuse": OwnForm,
    "revoke": OwnForm,
    "withdraw": MoveForm,
    "choose": ChooseForm,
    "challenge": ChallengeForm,
    "allow_longer": MoveForm,
    "offer": OfferForm,
    "take": MoveForm,
    "reject": MoveForm,
    "retract": MoveForm,
    "renew": RenewForm,
}

__all__ = [
    "FORMS",
    "PARTY_FORMS",
    "About",
    "ApplyForm",
    "ListForm",
    "MoveForm",
    "RowForm",
    "SayForm",
    "others",
]
