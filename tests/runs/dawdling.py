"""A module that takes long to load, as torch does on a slow disk."""

import time

time.sleep(2.0)
