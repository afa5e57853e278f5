"""The form of each move that staff make: what is typed becomes keyword arguments of one action."""

from __future__ import annotations

from gongzhi.matters.forms.closing import (
    ExcludeForm,
    FollowUpForm,
    InspectForm,
    LookForm,
    NoteForm,
    VerdictForm,
)
from gongzhi.matters.forms.dispatching import (
    DispatchForm,
    InvolveForm,
    SendBackForm,
    SplitForm,
)
from gongzhi.matters.forms.fields import (
    About,
    GroundForm,
    MoveForm,
    PhrasedForm,
    PhrasedReasonForm,
    ReasonForm,
)
from gongzhi.matters.forms.files import RedactForm
from gongzhi.matters.forms.handling import (
    AnswerForm,
    AskForm,
    DeferForm,
    ExtendForm,
    FinishForm,
    GrantForm,
    HandleForm,
    SettleForm,
)
from gongzhi.matters.forms.sorting import (
    AboutForm,
    AssignForm,
    KeepFromForm,
    MergeForm,
    RefuseForm,
    RelocateForm,
    SortForm,
)
from gongzhi.matters.forms.supervising import (
    ForceCloseForm,
    InsistForm,
    ReportForm,
    SuperviseForm,
)

FORMS: dict[str, type[MoveForm]] = {
    "accept": MoveForm,
    "refuse": RefuseForm,
    "sort": SortForm,
    "relocate": RelocateForm,
    "about": AboutForm,
    "keep_from": KeepFromForm,
    "escalate": ReasonForm,
    "assign": AssignForm,
    "merge": MergeForm,
    "unmerge": ReasonForm,
    "split": SplitForm,
    "settle": SettleForm,
    "dispatch": DispatchForm,
    "acknowledge": MoveForm,
    "object": GroundForm,
    "dismiss": ReasonForm,
    "send_back": SendBackForm,
    "involve": InvolveForm,
    "take_over": MoveForm,
    "handle": HandleForm,
    "ask": AskForm,
    "extend": ExtendForm,
    "grant": GrantForm,
    "deny": ReasonForm,
    "defer": DeferForm,
    "resume": MoveForm,
    "urge": MoveForm,
    "supervise": SuperviseForm,
    "report": ReportForm,
    "insist": InsistForm,
    "lift": ReasonForm,
    "force_close": ForceCloseForm,
    "answer": AnswerForm,
    "inspect": InspectForm,
    "rework": PhrasedReasonForm,
    "follow_up": FollowUpForm,
    "close": MoveForm,
    "note": NoteForm,
    "reopen": ReasonForm,
}
# The moves of the task of a co-office.
TASK_FORMS: dict[str, type[MoveForm]] = {
    "take": MoveForm,
    "decline": GroundForm,
    "finish": FinishForm,
    "bind": ReasonForm,
    "release": ReasonForm,
}

__all__ = [
    "FORMS",
    "TASK_FORMS",
    "About",
    "ExcludeForm",
    "LookForm",
    "MoveForm",
    "PhrasedForm",
    "RedactForm",
    "VerdictForm",
]
