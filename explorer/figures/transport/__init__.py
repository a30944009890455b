"""The pictures of the transport lab: a scene for each view."""
