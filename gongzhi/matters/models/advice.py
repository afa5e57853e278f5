"""What was suggested of matters: kinds, by models made from what people decided, and offices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.matters.models.matter import Matter
from gongzhi.places.models import PathField


class Trained(models.Model):
    """A model that suggests the kind of a matter, made from what people decided.

    Asked for first, made by the clock; then never changed but to be put to work or to rest.
    ``quality`` and ``before`` (that of what worked until then) are measured on the same matters,
    which neither was made from; ``quality["invented"]`` says that those are simulated.  ``content``
    is the model, sealed to this row; where the examples were too few there is none.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        WORKS = "works", _("at work")
        RESTS = "rests", _("at rest")
        FAILED = "failed", _("not made")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=6, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    examples = models.PositiveIntegerField(default=0)
    quality = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    content = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="works"), name="one_model_works"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="asked"), name="one_model_is_asked_for"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at or self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def sure_of(self) -> float:
        """Of how many in a hundred it was sure where it was tried."""
        return 100 * float(self.quality.get("answered", 0))

    @property
    def right_of(self) -> float:
        """How many in a hundred of those were right."""
        return 100 * float(self.quality.get("right", 0))


class Suggested(models.Model):
    """The kind that a model suggested for a matter; what a person decided is the matter's own kind."""

    matter = models.OneToOneField(
        Matter, models.CASCADE, primary_key=True, related_name="suggested"
    )
    trained = models.ForeignKey(Trained, models.PROTECT, related_name="suggested")
    kind_code = models.SlugField(max_length=60, blank=True, db_index=False)
    share = models.FloatField()
    sure = models.BooleanField()

    def __str__(self) -> str:
        return self.kind_code


class SuggestedOffice(models.Model):
    """The office that most matters like one had ended with when it was first sent to an office.

    What people decided is the matter's own office.  ``n_ended`` of ``n_alike`` matters ended with it;
    where they did not tell there is no office.
    """

    matter = models.OneToOneField(
        Matter, models.CASCADE, primary_key=True, related_name="suggested_office"
    )
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", db_index=False)
    n_ended = models.PositiveSmallIntegerField(default=0)
    n_alike = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.n_ended} of {self.n_alike}"


class SuggestedPlace(models.Model):
    """The place that the words of a matter name, where they name one; its own place and pin are what people said.

    ``path`` is that of the community, or of what is larger.  ``metres`` lie between a house or thing
    that is named and the pin, where there is one.
    """

    matter = models.OneToOneField(
        Matter, models.CASCADE, primary_key=True, related_name="suggested_place"
    )
    path = PathField(blank=True, default="")
    metres = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.path
