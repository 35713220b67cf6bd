"""RabbitMQ keeps strangers out, or Troth does not use it; what is wrong with its URL is told."""

import pytest

from troth.broker.rabbitmq import check_rabbitmq
from troth.errors import TrothError


@pytest.mark.parametrize("login", ["guest:guest@", ""])
def test_the_default_password_is_refused_on_any_address_but_loopback(login: str):
    with pytest.raises(TrothError, match="default password"):
        check_rabbitmq(f"amqp://{login}broker.invalid:5672/")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "amqp://a:b@127.0.0.1:port/",
        "amqp://a:b@127.0.0.1/;",
        "rabbit",
        "amqp://a:b@127.0.0.1/?ssl_options={'ca_certs':",
        "amqps://a:b@127.0.0.1/?ssl_options={'ca_certs':'/not/there'}",
    ],
)
def test_what_is_no_address_of_rabbitmq_is_named(url: str):
    with pytest.raises(TrothError, match="no address of RabbitMQ"):
        check_rabbitmq(url)


def test_a_rabbitmq_that_is_away_is_told(free_port: int):
    with pytest.raises(TrothError, match="does not answer") as raised:
        check_rabbitmq(f"amqp://troth:secret@127.0.0.1:{free_port}/troth")
    assert "secret" not in str(raised.value)


def test_a_name_that_can_not_be_one_is_told_like_one_that_leads_nowhere():
    with pytest.raises(TrothError, match="does not answer"):
        check_rabbitmq("amqp://troth:secret@a..b:5672/troth")
