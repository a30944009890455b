"""Where the shelf lies: one file in the user's data folder, or where ``EXPLORER_SHELF`` says."""

import os
import sys
from pathlib import Path

VARIABLE = "EXPLORER_SHELF"
FILE = "shelf.sqlite"


def place() -> Path:
    """Return the file of the shelf; where the variable names a folder, it is the one in there."""
    said = os.environ.get(VARIABLE, "").strip()
    if not said:
        return _data() / "explorer" / FILE
    path = Path(said).expanduser()
    return path / FILE if path.is_dir() else path


def _data() -> Path:
    """Return the folder in which programs of this user keep their data."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    said = os.environ.get("XDG_DATA_HOME", "")  # counts where it is an absolute path (XDG 0.8)
    return Path(said) if said.startswith("/") else Path.home() / ".local" / "share"
