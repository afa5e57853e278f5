"""What a password may not be, beside what Django refuses."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Whoever guesses begins with these: the program, what it is, and whoever works with it.
HOUSE_WORDS = frozenset(
    {
        *("gongzhi", "zongzhi", "shequ", "jiedao", "wangge", "xinfang", "tiaojie", "wanggeyuan"),
        *(
            "shequwangge",
            "zhili",
            "shehuizhili",
            "guanliyuan",
            "admin",
            "administrator",
            "password",
        ),
        *(
            "mima",
            "ceshi",
            "test",
            "共治",
            "综治",
            "社区",
            "街道",
            "网格",
            "网格员",
            "信访",
            "调解",
        ),
        *("治理", "社会治理", "管理员", "密码", "测试"),
    }
)
BESIDE = re.compile(r"[\d\W_]+")  # digits and signs, with which such a word is made longer


class HouseWords:
    """Refuses a password that is but a word of the house with digits and signs around it."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002  Django's signature
        """Refuse such a password.

        :raises ValidationError: it is one
        """
        if BESIDE.sub("", password).lower() in HOUSE_WORDS:
            raise ValidationError(
                _("This is a word of the house with digits: choose something nobody expects here.")
            )

    def get_help_text(self) -> str:
        return _("Not a word of the house with digits.")
