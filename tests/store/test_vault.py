"""The vault: what it seals, who can open it, and what the store keeps of a token."""

import pytest

from tests.support.key import KEY
from tests.support.stage import EVENING, Stage, couple_file, phones_of
from troth.errors import TrothError
from troth.store.vault import Vault, token_hash

OLD, NEW = "the old key of the tests, thirty-two".replace(",", ""), "n" * 40


def test_what_is_sealed_opens_again_and_looks_different_each_time():
    vault = Vault(OLD)
    first, second = vault.seal("Quinces"), vault.seal("Quinces")
    assert first != second
    assert "Quinces" not in first
    assert vault.open(first) == vault.open(second) == "Quinces"


def test_a_new_key_opens_what_the_old_one_sealed():
    sealed = Vault(OLD).seal("Quinces")
    both = Vault(f"{NEW},{OLD}")
    assert both.open(sealed) == "Quinces"
    assert Vault(NEW).open(both.seal("Pears")) == "Pears"


@pytest.mark.parametrize("damaged", ["", "no key at all", "0000:abc"])
def test_what_no_key_opens_is_said_clearly_and_without_the_secret(damaged: str):
    with pytest.raises(TrothError, match="TROTH_SECRET_KEY") as caught:
        Vault(OLD).open(damaged or Vault(NEW).seal("Quinces"))
    assert OLD not in str(caught.value)
    assert "Quinces" not in str(caught.value)


@pytest.mark.parametrize("keys", ["", " , ", "short", f"{OLD},short"])
def test_a_weak_key_is_refused_without_being_shown(keys: str):
    with pytest.raises(TrothError, match="at least 32") as caught:
        Vault(keys)
    assert "short" not in str(caught.value)


def test_a_token_can_be_shown_again_but_is_kept_only_as_its_hash():
    vault = Vault(OLD)
    seed, hashed = vault.new_token()
    token = vault.token(seed)
    assert token == vault.token(seed)
    assert token == token.lower()
    assert len(token) == 32  # 160 bits in base32
    assert token_hash(token) == hashed
    assert Vault(NEW).token(seed) != token


def test_links_still_lead_home_after_the_key_was_changed():
    seed, hashed = Vault(OLD).new_token()
    both = Vault(f"{NEW},{OLD}")
    assert token_hash(both.token(seed)) == hashed
    assert both.mark("json://phone") == Vault(OLD).mark("json://phone")


def test_changing_the_key_makes_no_channel_new(stage: Stage):
    file = couple_file(EVENING, ben=phones_of("ben", "first"))
    stage.couple(file)
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.settings = stage.settings.model_copy(update={"secret_key": f"{NEW},{KEY}"})
    stage.restart()
    assert stage.couple(file) == []
    stage.wind("21:30")
    stage.ben.says("Pears.", to=stage.ben.expects("High and low", on="/ben/first"))
    stage.ana.says("Quinces.", to=stage.ana.expects("High and low"))
    assert stage.outcomes() == ["kept"]


def test_no_token_and_no_address_is_in_the_database(stage: Stage):
    stage.couple(couple_file(EVENING, ben=phones_of("ben", "first")))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.wind("21:30")
    links = [heard.body.split("/r/")[1].split()[0] for heard in stage.ben.everything()]
    links += [heard.body.split("/r/")[1].split()[0] for heard in stage.ana.everything()]
    vault = stage.store.vault
    links += [vault.token(partner.seed) for partner in stage.in_play.partners]
    kept = stage.dump()
    assert len(links) == 5
    for link in links:
        assert token_hash(link) in kept
        assert link not in kept
    assert stage.phones.url not in kept
    stage.ana.expects("")
    stage.ben.expects("")
