from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from gongzhi.exchange.models import Client, Token


def clients(at: datetime) -> QuerySet[Client]:
    """Return the clients by name with how many tokens of each are good at ``at`` (one query)."""
    good = Q(tokens__ended_at=None, tokens__expires_at__gt=at)
    found = Client.objects.select_related("account", "office")
    return found.annotate(n_tokens=Count("tokens", filter=good)).order_by("account__username")


def tokens(client: Client) -> QuerySet[Token]:
    """Return the tokens of a client, the latest first."""
    return client.tokens.order_by("-made_at", "-id")
