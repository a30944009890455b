"""Networks that people bring: opened from the bytes of a file, converted, and proved.

    from explorer.networks.uploads import opened
    upload = opened("model.pt", data)
    upload.found[0].stack, upload.found[0].convention.sentences, upload.found[0].difference

Nothing of a file is executed, nothing is written, and its name is shown but never used as a path.
"""

from explorer.networks.uploads.found import Convention, Found, Table, Upload
from explorer.networks.uploads.lettered import Lettered, Wiring, lettered, wirings
from explorer.networks.uploads.limits import LARGEST_FILE, MOST_LAYERS, MOST_UNITS
from explorer.networks.uploads.opening import opened, shown_name
from explorer.networks.uploads.ours import layers_of_ours

__all__ = [
    "LARGEST_FILE",
    "MOST_LAYERS",
    "MOST_UNITS",
    "Convention",
    "Found",
    "Lettered",
    "Table",
    "Upload",
    "Wiring",
    "layers_of_ours",
    "lettered",
    "opened",
    "shown_name",
    "wirings",
]
