"""Property tests judge what comes out, not how fast a laptop is today."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, print_blob=True)
settings.load_profile("rules")
