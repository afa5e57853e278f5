from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.accounts.actions import close_account
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.base.http import TooMany
from gongzhi.exchange import actions, rules
from gongzhi.exchange.models import Client, Scope, Token, TokenRefused
from gongzhi.exchange.tests import make
from gongzhi.exchange.tests.make import NOON
from gongzhi.matters.tests import make as matters


def let_in(secret, **says):
    return actions.let_in(secret, by=rules.ANYBODY, **({"at": NOON} | says))


DAY = timedelta(days=1)
OPENS_NOTHING = "此令牌无效：不存在、已停用或已过期。"


def test_a_client_is_let_in_with_the_posts_of_its_account(town):
    caller = let_in(make.secret(town.hotline, "read"), scope=Scope.READ, at=NOON)
    assert caller.has_role(Role.ACCEPTOR)
    assert (caller.label, caller.client) == ("hotline", town.hotline.pk)
    assert (caller.scopes, caller.on_trial) == ({"read"}, False)


def test_the_secret_is_kept_nowhere(town):
    secret = make.secret(town.hotline)
    kept = str(Token.objects.values().get()) + str(history(town.hotline.pk).values())
    assert secret[:7] in kept
    assert secret not in kept


def test_nobody_signs_in_as_a_client(town):
    assert not town.hotline.account.has_usable_password()


@pytest.mark.parametrize("wrong", ["", "gz_wrong", "gz_" + "0" * 43])
def test_an_unknown_token_opens_nothing(town, wrong):
    with pytest.raises(TokenRefused, match=OPENS_NOTHING):
        let_in(wrong, scope=Scope.READ, at=NOON)


def test_a_token_opens_nothing_from_the_moment_it_expires(town):
    secret = make.secret(town.hotline, days=1)
    let_in(secret, scope=Scope.READ, at=NOON + DAY - timedelta(seconds=1))
    with pytest.raises(TokenRefused, match=OPENS_NOTHING):
        let_in(secret, scope=Scope.READ, at=NOON + DAY)


def test_a_token_that_was_ended_opens_nothing_and_is_not_ended_twice(town):
    secret = make.secret(town.hotline)
    token = Token.objects.get()
    actions.end_token(token, by=SYSTEM, at=NOON)
    with pytest.raises(TokenRefused, match=OPENS_NOTHING):
        let_in(secret, scope=Scope.READ, at=NOON)
    for act in (actions.end_token, actions.rotate):
        with pytest.raises(ValidationError, match="请另发一个"):
            act(token, by=SYSTEM, at=NOON)


def test_a_token_of_a_closed_account_opens_nothing(town):
    gone = make.client("gone", town.roads)
    secret = make.secret(gone)
    close_account(gone.account, by=SYSTEM, at=NOON)
    with pytest.raises(TokenRefused, match=OPENS_NOTHING):
        let_in(secret, scope=Scope.READ, at=NOON)


def test_a_token_opens_only_its_scopes(town):
    secret = make.secret(town.hotline, "read")
    with pytest.raises(PermissionDenied, match="此令牌不能用于此事：需要“办理事项”。"):
        let_in(secret, scope=Scope.MOVE, at=NOON)


def test_after_a_rotation_both_open_the_same_for_a_week(town):
    before = make.secret(town.hotline, "read", "move")
    after = actions.rotate(Token.objects.get(), by=SYSTEM, at=NOON).secret
    for secret in (before, after):
        let_in(secret, scope=Scope.MOVE, at=NOON + 6 * DAY)
    let_in(after, scope=Scope.MOVE, at=NOON + 8 * DAY)
    with pytest.raises(TokenRefused):
        let_in(before, scope=Scope.MOVE, at=NOON + 8 * DAY)


def test_more_calls_than_agreed_wait_for_the_next_minute(town):
    client = make.client("busy", town.roads, per_minute=2)
    secret = make.secret(client)
    for _n in range(2):
        let_in(secret, scope=Scope.READ, at=NOON)
    with pytest.raises(TooMany):
        let_in(secret, scope=Scope.READ, at=NOON)
    let_in(secret, scope=Scope.READ, at=NOON + timedelta(minutes=1))


def test_who_guesses_tokens_is_slowed_by_address(town):
    for _n in range(actions.STRANGER_TRIES):
        with pytest.raises(TokenRefused):
            let_in("gz_guess", scope=Scope.READ, address="192.0.2.1", at=NOON)
    with pytest.raises(TooMany):
        let_in("gz_guess", scope=Scope.READ, address="192.0.2.1", at=NOON)
    with pytest.raises(TokenRefused):
        let_in("gz_guess", scope=Scope.READ, address="192.0.2.2", at=NOON)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"scopes": [], "days": 30}, "请选择此令牌可用于什么。"),
        ({"scopes": ["read", "everything"], "days": 30}, "请选择此令牌可用于什么。"),
        ({"scopes": ["read"], "days": 0}, "令牌有效期为1至730天。"),
        ({"scopes": ["read"], "days": 731}, "令牌有效期为1至730天。"),
    ],
)
def test_a_token_needs_scopes_and_a_sensible_life(town, says, sentence):
    with pytest.raises(ValidationError, match=sentence):
        actions.give_token(town.hotline, **says, by=SYSTEM, at=NOON)
    assert not Token.objects.exists()


def test_a_client_may_not_call_without_bounds(town):
    with pytest.raises(ValidationError):
        make.client("greedy", town.roads, per_minute=6001)
    assert not Client.objects.filter(account__username="greedy").exists()


def test_what_happens_to_a_client_is_in_its_history(town):
    make.secret(town.hotline, "read")
    actions.end_token(Token.objects.get(), by=SYSTEM, at=NOON)
    actions.change(
        town.hotline, office=town.lights, per_minute=10, on_trial=True, by=SYSTEM, at=NOON
    )
    verbs = list(history(town.hotline.pk).values_list("verb", flat=True))
    assert verbs == ["client.register", "client.give_token", "client.end_token", "client.change"]
    assert broken(town.hotline.pk) == []
    assert history(town.hotline.pk).order_by("-seq")[0].facts == {
        "code": "hotline",
        "office": "lights",
        "per_minute": 10,
        "on_trial": True,
    }


@pytest.mark.parametrize("who", ["acceptor", "supervisor", "stranger"])
def test_only_administrators_let_systems_in(town, who):
    by, token = (
        town.staff(who),
        actions.give_token(town.hotline, scopes=["read"], days=1, by=SYSTEM, at=NOON).token,
    )
    says = {"by": by, "at": NOON}
    for refused in (
        lambda: actions.register(code="x", name_zh="x", office=town.roads, **says),
        lambda: actions.change(
            town.hotline, office=town.roads, per_minute=1, on_trial=False, **says
        ),
        lambda: actions.give_token(town.hotline, scopes=["read"], days=1, **says),
        lambda: actions.rotate(token, **says),
        lambda: actions.end_token(token, **says),
    ):
        with pytest.raises(PermissionDenied, match="只有管理员可以接入其他系统。"):
            refused()


def test_only_files_sent_on_trial_are_dropped(town):
    caller = let_in(make.secret(town.hotline), scope=Scope.RAISE)
    with pytest.raises(PermissionDenied, match="只有试用时发送的文件会被丢弃。"):
        actions.drop_files(matters.matter(town), by=caller, at=NOON)
