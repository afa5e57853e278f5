from __future__ import annotations

from django.urls import path

from gongzhi.portal.pages import asked, board, following, grids, home, raising, reckoning

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("promise/", home.promise, name="promise"),
    path("algorithms/", home.algorithms, name="algorithms"),
    path("guide/", home.guide, name="guide"),
    path("guide/offices/", home.offices, name="offices"),
    path("guide/emergency/", home.emergency, name="emergency"),
    path("due/", reckoning.due, name="due"),
    path("raise/", raising.raise_matter, name="raise"),
    path("raise/kinds/", raising.suggest, name="suggest"),
    path("receipt/<uuid:pk>/", raising.receipt, name="receipt"),
    path("receipt/<uuid:pk>.pdf", raising.receipt_paper, name="receipt_paper"),
    path("board/", board.board, name="board"),
    path("board/standing/", board.standing, name="standing"),
    path("grids/", grids.find, name="grids"),
    path("grids/<slug:code>/", grids.show, name="grid"),
    path("grids/<slug:code>/poster.pdf", grids.paper, name="grid_paper"),
    path("grids/<slug:code>/posters.pdf", grids.papers, name="grid_papers"),
    path("solved/<str:token>/", asked.solved, name="solved"),
    path("follow/", following.follow, name="follow"),
    path("follow/contact/", following.contact, name="contact"),
    path("follow/contact/code/", following.contact_code, name="contact_code"),
    path("follow/mine/", following.mine, name="mine"),
    path("follow/leave/", following.leave, name="leave"),
    path("follow/<uuid:pk>/", following.show, name="show"),
    path("follow/<uuid:pk>/why/", reckoning.promised, name="why"),
    path("follow/<uuid:pk>/add/", following.add, name="add"),
    path("follow/<uuid:pk>/rate/", following.rate, name="rate"),
    path("follow/<uuid:pk>/reopen/", following.reopen, name="reopen"),
    path("follow/<uuid:pk>/judge/", following.judge, name="judge"),
    path("follow/<uuid:pk>/withdraw/", following.withdraw, name="withdraw"),
    path("follow/<uuid:pk>/restore/", following.restore, name="restore"),
]
