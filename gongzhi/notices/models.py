from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office, User
from gongzhi.base.ids import uuid7
from gongzhi.matters.models import Matter


class Notice(models.Model):
    """What somebody who works here should know about a matter: a move's name, nothing of its words.

    Or about what a business has of its own: then ``label`` names it and ``link`` leads there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="+")
    label = models.CharField(max_length=40, blank=True)
    link = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=40)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(matter=None) ^ Q(link=""), name="notice_is_about_one_thing"
            )
        ]
        indexes = [models.Index(fields=["user", "read_at", "at"], name="notice_of_user")]

    def __str__(self) -> str:
        return f"{self.verb} → {self.user_id}"

    @property
    def number(self) -> str:
        """The number of its matter, or what else it is called."""
        return self.matter.number if self.matter else self.label


class Letter(models.Model):
    """A message that leaves the house; where to and what it says are sealed.

    ``tries`` above 1 once it is sent means that a try was cut off or failed: it may have arrived
    twice.  Its key is sent along, so that a service can tell.  The job of its key sends it, and
    holds the last error while it waits.
    """

    class Way(models.TextChoices):
        SMS = "sms", _("text message")
        EMAIL = "email", _("e-mail")
        ROBOT = "robot", _("group robot")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="letters")
    verb = models.CharField(max_length=40)
    way = models.CharField(max_length=5, choices=Way)
    sealed = models.BinaryField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="letter_by_state")]

    def __str__(self) -> str:
        return f"{self.verb} {self.get_state_display()}"


class Choice(models.Model):
    """How somebody who works here wants to hear of notices by e-mail; without a row, not at all.

    In quiet hours nothing is sent but what speaks of danger; they may run over midnight.
    """

    class Mail(models.TextChoices):
        NEVER = "never", _("never")
        AT_ONCE = "at_once", _("each at once")
        DIGEST = "digest", _("together, twice a day")

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="notice_choice"
    )
    mail = models.CharField(max_length=7, choices=Mail)
    only_work = models.BooleanField(_("only what waits for me"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    digested_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.get_mail_display()


class Robot(models.Model):
    """A robot in an office's own messenger group, told of what comes to the office: that, no more."""

    class Sort(models.TextChoices):
        WECOM = "wecom", _("Enterprise WeChat")
        DINGTALK = "dingtalk", _("DingTalk")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.ForeignKey(Office, models.CASCADE, related_name="robots")
    sort = models.CharField(max_length=8, choices=Sort)
    name = models.CharField(max_length=60)
    sealed = models.BinaryField()
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
