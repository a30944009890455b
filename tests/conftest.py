"""Every test is a shape test too: the jaxtyping annotations of the package are executed."""

import functools

import jaxtyping
import shapes
from jaxtyping import install_import_hook

# Before the first import of the package, or its modules keep their annotations unread.
jaxtyping.jaxtyped = shapes.jaxtyped  # what the hook puts around everything
install_import_hook("explorer", "shapes.checked")

import torch  # noqa: E402

torch.set_num_threads(1)  # tiny networks are faster with one thread

from hypothesis import HealthCheck, settings  # noqa: E402

# The same examples every time, however busy the machine is.
settings.register_profile(
    "laboratory",
    deadline=None,
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("laboratory")

from streamlit.components.v2 import manifest_scanner  # noqa: E402

# For every page that a test opens Streamlit reads what each installed package says of itself.
manifest_scanner.scan_component_manifests = functools.cache(
    manifest_scanner.scan_component_manifests
)
