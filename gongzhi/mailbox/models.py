from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.seal import unseal
from gongzhi.matters.models import Matter
from gongzhi.places.models import Place


class Mailbox(models.Model):
    """A folder of an IMAP server whose mails become matters; user and password are sealed.

    ``validity`` and ``last_uid`` say as far as it was read (RFC 3501: a UID means nothing under another
    validity).  ``fails`` counts the rounds in a row that failed, ``again_at`` says when the next may be,
    ``fault`` why.
    """

    class Line(models.TextChoices):
        TLS = "tls", _("TLS from the start (port 993)")
        PLAIN = "plain", _("without TLS: only to a host that the operator allowed")

    class Fault(models.TextChoices):
        NETWORK = "network", _("The server cannot be reached.")
        PRIVATE = "private", _("The host leads into a private network: the operator must allow it.")
        LOGIN = "login", _("The server refuses the user or the password.")
        FOLDER = "folder", _("There is no such folder.")
        SPEECH = "speech", _("The server says something that cannot be understood.")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("Another mailbox has this name: choose another.")},
    )
    address = models.EmailField(_("its address"), max_length=200)
    host = models.CharField(_("host"), max_length=200)
    port = models.PositiveIntegerField(_("port"), default=993)
    line = models.CharField(max_length=5, choices=Line, default=Line.TLS)
    folder = models.CharField(_("mail folder"), max_length=100, default="INBOX")
    sealed = models.BinaryField()
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    is_on = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    validity = models.CharField(max_length=20, blank=True)
    last_uid = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)
    fails = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=7, choices=Fault, blank=True)

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.name

    @property
    def known(self) -> dict[str, Any]:
        """What is sealed: ``user`` and ``password``."""
        return unseal(bytes(self.sealed), self.pk.hex)


class Mail(models.Model):
    """That a mail came, once, and what became of it: of what it says and who wrote it nothing is here.

    ``digest`` is a keyed hash of its Message-ID, so that it is known under another UID too.  What was
    refused waits until somebody has looked at it in the mailbox (``seen_at``).
    """

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("became a matter")
        ADDED = "added", _("was added to its matter")
        IGNORED = "ignored", _("written by a machine")
        REFUSED = "refused", _("could not be taken")

    class Reason(models.TextChoices):
        AUTOMATIC = "automatic", _("It answers by itself.")
        LIST = "list", _("It comes from a mailing list.")
        BOUNCE = "bounce", _("It says that a mail could not be delivered.")
        OWN = "own", _("We wrote it ourselves.")
        LARGE = "large", _("It is larger than 25 MB.")
        PARTS = "parts", _("It has too many parts, or parts in parts.")
        EMPTY = "empty", _("It has neither words nor a photo.")
        SENDER = "sender", _("It does not say who wrote it.")
        FLOOD = "flood", _("The same address wrote too often within an hour.")
        BROKEN = "broken", _("It cannot be read.")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="mails", db_index=False)
    digest = models.CharField(max_length=64)
    validity = models.CharField(max_length=20)
    uid = models.BigIntegerField()
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.CharField(max_length=9, choices=Reason, blank=True)
    is_flagged = models.BooleanField(default=False)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "digest"], name="mail_once")]
        indexes = [
            models.Index(
                fields=["mailbox", "at"],
                name="mail_to_look_at",
                condition=models.Q(outcome="refused", seen_at=None),
            ),
            models.Index(
                fields=["mailbox", "uid"],
                name="mail_to_flag",
                condition=models.Q(is_flagged=False),
            ),
            models.Index(fields=["at"], name="mail_age"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at}"


class Robot(models.Model):
    """A robot of a messenger that people write to; what it is known by is sealed.

    ``slug`` is the unguessable part of its address.  Of Enterprise WeChat ``token``, ``aes_key`` and
    ``receiver`` are sealed, of DingTalk ``secret``.
    """

    class Sort(models.TextChoices):
        WECOM = "wecom", _("Enterprise WeChat")
        DINGTALK = "dingtalk", _("DingTalk")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("Another robot has this name: choose another.")},
    )
    sort = models.CharField(max_length=8, choices=Sort)
    sealed = models.BinaryField()
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    is_on = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def known(self) -> dict[str, str]:
        """What is sealed."""
        return unseal(bytes(self.sealed), self.pk.hex)


class Claim(models.Model):
    """That somebody wrote to a robot in a group, and gets the receipt code where nobody reads along.

    ``whose`` is a keyed hash of how the messenger calls them; gone once the code is given, and after a
    week.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    robot = models.ForeignKey(Robot, models.CASCADE, related_name="+", db_index=False)
    whose = models.CharField(max_length=64)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="+")
    until = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["robot", "whose"], name="claim_of_whom")]

    def __str__(self) -> str:
        return f"{self.robot_id} {self.until}"
