"""What `troth doctor` says of a doorbell."""

from troth.cli.examining_cluster import examine_cluster
from troth.engine.findings import Finding
from troth.settings import Settings


def doorbell(*, redis_url: str | None = None, broker_url: str | None = None) -> Finding:
    """Its finding about Redis or RabbitMQ behind this URL."""
    settings = Settings(redis_url=redis_url, broker_url=broker_url)
    return next(iter(examine_cluster(settings)))
