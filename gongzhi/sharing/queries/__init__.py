"""What is read of data items: the lists, what is asked twice, and what everybody may know."""

from __future__ import annotations

from gongzhi.sharing.queries.catalogue import (
    Figures,
    Page,
    Wanted,
    changes_since,
    editions,
    figures,
    items,
    own_systems,
    systems,
    told_apart,
)
from gongzhi.sharing.queries.doubles import Double, Likely, doubles, likely
from gongzhi.sharing.queries.public import (
    CatalogueFile,
    Month,
    Shared,
    catalogue_file,
    months,
    shared,
)
from gongzhi.sharing.queries.uses import (
    of_client,
    of_item,
    transfers,
    use,
    uses,
)

__all__ = [
    "CatalogueFile",
    "Double",
    "Figures",
    "Likely",
    "Month",
    "Page",
    "Shared",
    "Wanted",
    "catalogue_file",
    "changes_since",
    "doubles",
    "editions",
    "figures",
    "items",
    "likely",
    "months",
    "of_client",
    "of_item",
    "own_systems",
    "shared",
    "systems",
    "told_apart",
    "transfers",
    "use",
    "uses",
]
