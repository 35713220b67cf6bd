"""What conversations about promises begin with: a review, and one promise."""

from tests.support.phones import Heard
from troth.schedules.catalogue import shipped_catalogue

REVIEW = """
[rituals.promises]
practice = "commitments-review"
cron = "0 18 9 * *"
remind = []
"""
PROMISES = shipped_catalogue()["promises"].form
CALL = "promise to call my sister by friday"


def first_line(heard: Heard) -> str:
    return heard.body.split("\n")[0]
