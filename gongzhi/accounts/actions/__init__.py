"""What is done about accounts: who serves where, and how people sign in."""

from __future__ import annotations

from gongzhi.accounts.actions.announcing import ACCOUNT, announce
from gongzhi.accounts.actions.identities import link, unlink
from gongzhi.accounts.actions.people import (
    appoint,
    change_office,
    close_account,
    close_office,
    come_back,
    end_post,
    found,
    hand_over,
    leave,
    open_account,
)
from gongzhi.accounts.actions.sessions import (
    SIGN_IN_ENDED,
    begin_sign_in,
    end_sign_in,
    end_sign_ins,
    forget_sessions,
    see_sign_in,
)
from gongzhi.accounts.actions.signing import (
    change_password,
    drop_second_step,
    forget_tries,
    forgive,
    issue_code,
    note_export,
    note_passkey,
    note_second_step,
    note_sign_in,
    remove_passkey,
    rename_passkey,
    spend,
    use_code,
)

__all__ = [
    "ACCOUNT",
    "SIGN_IN_ENDED",
    "announce",
    "appoint",
    "begin_sign_in",
    "change_office",
    "change_password",
    "close_account",
    "close_office",
    "come_back",
    "drop_second_step",
    "end_post",
    "end_sign_in",
    "end_sign_ins",
    "forget_sessions",
    "forget_tries",
    "forgive",
    "found",
    "hand_over",
    "issue_code",
    "leave",
    "link",
    "note_export",
    "note_passkey",
    "note_second_step",
    "note_sign_in",
    "open_account",
    "remove_passkey",
    "rename_passkey",
    "see_sign_in",
    "spend",
    "unlink",
    "use_code",
]
