"""The outbox and its workers: what an action leaves to be done after its commit.

A job is a row written in the action's own transaction; a worker claims it for a while (a lease),
and its effect and its removal are one transaction, so that the effect happens once, whoever is
killed when.  Jobs of one key run in their order.  Words: job, topic, lease, beat.
Imports `audit` and `base`.
"""
