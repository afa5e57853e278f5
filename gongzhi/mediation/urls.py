from __future__ import annotations

from django.urls import path

from gongzhi.mediation import pages
from gongzhi.mediation.states import (
    BY_MEDIATORS,
    BY_PARTIES,
    CASE,
    OPENING,
    RECORDED,
    SESSION,
    TERM,
)

app_name = "mediation"
urlpatterns = [
    # --- For everybody, and for each party.
    path("", pages.about, name="about"),
    path("apply/", pages.apply, name="apply"),
    path("mine/<uuid:pk>/", pages.mine, name="mine"),
    path("mine/<uuid:pk>/receipt/", pages.receipt, name="receipt"),
    path("mine/<uuid:pk>/joint/", pages.my_room, {"joint": True}, name="my_joint"),
    path("mine/<uuid:pk>/private/", pages.my_room, {"joint": False}, name="my_room"),
    path("mine/<uuid:pk>/papers/<uuid:key>/", pages.my_paper, name="my_paper"),
    path("mine/<uuid:pk>/sessions/<uuid:key>.ics", pages.my_calendar, name="my_calendar"),
    path("mine/<uuid:pk>/why/<uuid:clock>/", pages.my_why, name="my_why"),
    path("mine/<uuid:pk>/offer/", pages.my_offer, name="my_offer"),
    path("mine/<uuid:pk>/offers/<uuid:key>/take/", pages.my_answer, {"name": "take"}, name="take"),
    path(
        "mine/<uuid:pk>/offers/<uuid:key>/reject/",
        pages.my_answer,
        {"name": "reject"},
        name="reject",
    ),
    path(
        "mine/<uuid:pk>/offers/<uuid:key>/retract/",
        pages.my_answer,
        {"name": "retract"},
        name="my_retract",
    ),
    path(
        "mine/<uuid:pk>/offers/<uuid:key>/renew/",
        pages.my_answer,
        {"name": "renew"},
        name="my_renew",
    ),
    # consent, choose, challenge … : each move of a party at its own address
    *(
        path(f"mine/<uuid:pk>/{name}/", pages.my_press, {"name": name}, name=name)
        for name in BY_PARTIES
    ),
    # --- For the committee and its mediators.
    path("desk/", pages.index, name="index"),
    path("desk/apply/", pages.take_in, name="take_in"),
    path("desk/taken/<uuid:key>/", pages.taken, name="taken"),
    path("desk/roster/<slug:code>/", pages.roster, name="roster"),
    path("desk/roster/<slug:code>/<uuid:key>/", pages.mediator, name="mediator"),
    path("desk/roster/<slug:code>/<uuid:key>/delist/", pages.delist, name="delist"),
    path("desk/<uuid:key>/", pages.show, name="show"),
    path("desk/<uuid:key>/joint/", pages.room, name="joint"),
    path("desk/<uuid:key>/rooms/<uuid:pk>/", pages.room, name="room"),
    path("desk/<uuid:key>/papers/<uuid:pk>/", pages.paper, name="paper"),
    path("desk/<uuid:key>/letters/<uuid:pk>/", pages.letter, name="letter"),
    path("desk/<uuid:key>/reach/<uuid:pk>/", pages.reach, name="reach"),
    path("desk/<uuid:key>/why/<uuid:clock>/", pages.why, name="why"),
    path("desk/<uuid:key>/offer/", pages.press, {"name": "offer"}, name="offer"),
    path("desk/<uuid:key>/plan/", pages.press, {"name": "plan"}, name="plan"),
    path("desk/offers/<uuid:key>/retract/", pages.press, {"name": "retract"}, name="retract"),
    path("desk/offers/<uuid:key>/renew/", pages.press, {"name": "renew"}, name="renew"),
    path("desk/sessions/<uuid:key>/session.ics", pages.calendar, name="calendar"),
    *(
        path(
            f"desk/sessions/<uuid:key>/{one.name}/", pages.press, {"name": one.name}, name=one.name
        )
        for one in SESSION.moves
    ),
    # invite, assign, begin … : each move of a case at its own address
    *(
        path(f"desk/<uuid:key>/{one.name}/", pages.press, {"name": one.name}, name=one.name)
        for one in CASE.moves
        if one.name not in BY_PARTIES
    ),
    *(
        path(f"desk/<uuid:key>/{name}/", pages.press, {"name": name}, name=f"record_{name}")
        for name in RECORDED
    ),
    # --- Agreements, what follows from them, and what stands beside a case.
    path("figures/", pages.summary, name="summary"),
    path("mine/<uuid:pk>/agreement/", pages.my_agreement, name="my_agreement"),
    path("mine/<uuid:pk>/agreement/<slug:name>.pdf", pages.my_document, name="my_document"),
    path("mine/<uuid:pk>/agreement/<slug:name>/code/", pages.my_code, name="my_code"),
    path("mine/<uuid:pk>/release/", pages.my_release, name="my_release"),
    path("mine/<uuid:pk>/help/", pages.my_help, name="my_help"),
    *(
        path(f"mine/<uuid:pk>/agreement/{name}/", pages.my_move, {"name": name}, name=name)
        for name in ("sign", "affirm", "join_in", "take_back")
    ),
    *(
        path(
            f"mine/<uuid:pk>/terms/<uuid:key>/{one.name}/",
            pages.my_move,
            {"name": one.name},
            name=one.name,
        )
        for one in TERM.moves
    ),
    path(
        "mine/<uuid:pk>/help/<uuid:key>/drop/",
        pages.my_move,
        {"name": "drop_help"},
        name="drop_help",
    ),
    path("desk/<uuid:key>/agreement/", pages.agreement, name="agreement"),
    path("desk/<uuid:key>/agreement/draft/", pages.draft, name="draft"),
    path("desk/<uuid:key>/agreement/<slug:name>.pdf", pages.document, name="document"),
    path("desk/<uuid:key>/visit/", pages.visit, name="visit"),
    path("desk/<uuid:key>/review/", pages.review, name="review"),
    path("desk/agreements/<uuid:key>/redraft/", pages.redraft, name="redraft"),
    *(
        path(f"desk/agreements/<uuid:key>/{name}/", pages.agree, {"name": name}, name=name)
        for name in BY_MEDIATORS
    ),
    path("desk/beside/", pages.beside, name="beside"),
    path("desk/openings/", pages.openings, name="openings"),
    path("desk/openings/<uuid:key>/", pages.opened, name="opened"),
    path("desk/openings/<uuid:key>/archive.zip", pages.opened_archive, name="opened_archive"),
    *(
        path(
            f"desk/openings/<uuid:key>/{one.name}/", pages.decide, {"name": one.name}, name=one.name
        )
        for one in OPENING.moves
    ),
    path("desk/help/", pages.helps, name="helps"),
    *(
        path(f"desk/help/<uuid:key>/{name}/", pages.help_press, {"name": name}, name=address)
        for name, address in (
            ("book", "book"),
            ("give_help", "give_help"),
            ("drop_help", "end_help"),
        )
    ),
    path("desk/allowances/", pages.allowances, name="allowances"),
    path("desk/allowances/<uuid:key>/pay/", pages.pay, name="pay"),
    path("desk/reviews/", pages.reviews, name="reviews"),
    path("desk/figures/", pages.figures, name="figures"),
]
