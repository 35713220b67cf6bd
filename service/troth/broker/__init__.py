"""What rings between clock and workers: Redis, its sentinels, RabbitMQ."""
