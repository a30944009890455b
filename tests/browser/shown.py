"""Every page and view that there is, by its address: what the browsers open one after the other."""

from explorer.labs.cells.views import VIEWS as CELLS
from explorer.labs.gans.views import VIEWS as GANS
from explorer.labs.gradients.views import VIEWS as GRADIENTS
from explorer.labs.sequences.views import VIEWS as SEQUENCES
from explorer.labs.transport.views import VIEWS as TRANSPORT

PAGES = (
    "/",
    *(
        f"/{lab}?view={view}"
        for lab, views in (
            ("cells", CELLS),
            ("gradients", GRADIENTS),
            ("sequences", SEQUENCES),
            ("gans", GANS),
            ("transport", TRANSPORT),
        )
        for view in views
    ),
)
WITHOUT_A_STAGE = ("/gans?view=records",)
CHART = "[data-testid=stPlotlyChart] svg"
