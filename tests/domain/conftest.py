"""Property tests judge what comes out, not how fast a laptop is today."""

import os

from hypothesis import settings

# A laptop looks for new examples each time; CI repeats the same ones, so that its word is steady.
steady = bool(os.environ.get("CI"))
settings.register_profile("rules", deadline=None, print_blob=True, derandomize=steady)
settings.load_profile("rules")
