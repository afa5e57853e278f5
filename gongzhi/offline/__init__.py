"""Work without network: pages kept at hand on a device, and acts sent later, each exactly once.

A page says that its form may wait (`data-act`), its view is an `act_once`; an app says which of its
pages belong at hand (`packs`).  Knows nothing of any business; imports `accounts` and below.
"""
