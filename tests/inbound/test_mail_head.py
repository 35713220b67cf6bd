"""Who wrote, what it answers, and whether a person wrote it at all."""

import pytest

from tests.inbound.mails import NUDGE, TOKEN, Texts, mail
from troth.domain.incoming import Address, AddressKind
from troth.inbound.hook import UnreadableError
from troth.inbound.mails.addresses import addresses
from troth.inbound.mails.mail import incoming_mail, read_mail

DONE = Texts("done")


def test_a_mail_becomes_what_the_door_takes():
    incoming = incoming_mail(read_mail(mail(DONE)), "imap")
    assert incoming.way == "imap"
    assert incoming.provider_id == "<answer@lab.test>"
    assert incoming.address == Address(AddressKind.MAIL, "ana@lab.test")
    assert (incoming.text, incoming.token, incoming.is_automatic) == ("done", TOKEN, False)


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To", "Cc"])
def test_the_token_is_found_wherever_servers_write_whom_a_mail_was_for(field):
    read = read_mail(mail(DONE, to="list@lab.test", **{field: f"Troth <{NUDGE.upper()}>"}))
    assert read.token == TOKEN


@pytest.mark.parametrize("to", ["nudge@lab.test", f"nudge+{TOKEN}x@lab.test", "nudge+1@lab.test"])
def test_what_is_no_token_is_none(to):
    assert read_mail(mail(DONE, to=to)).token is None


def test_the_mails_that_it_answers_are_named_once_each():
    more = {"In-Reply-To": "<b@x>", "References": "<a@x>\r\n <b@x> junk"}
    head = "\r\n".join(f"{name}: {value}" for name, value in more.items())
    read = read_mail(head.encode() + b"\r\n" + mail(DONE))
    assert read.references == ("<b@x>", "<a@x>")


def test_a_mail_without_an_id_is_named_by_what_it_holds():
    bare = b"From: ana@lab.test\n\n"
    first, other = read_mail(bare + b"done"), read_mail(bare + b"no")
    assert first.message_id.startswith("sha256:")
    assert first.message_id == read_mail(bare + b"done").message_id != other.message_id


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ana@lab.test", ("ana@lab.test",)),
        ('"Mum, <eve@lab.test>" <ana@lab.test>', ("ana@lab.test",)),
        ("Ana (eve@lab.test, yes) <ana@lab.test>", ("ana@lab.test",)),
        ("a@x, B <b@x>; c@x", ("a@x", "b@x", "c@x")),
        ("friends: a@x, b@x;", ("a@x", "b@x")),
        ("=?utf-8?q?An=C3=A4?= <ana@lab.test>", ("ana@lab.test",)),
        ("nobody", ()),
        ("<>", ()),
        (f"{'a' * 400}@x", ()),
        ("((((((" * 1000, ()),
    ],
)
def test_addresses_are_found_among_names_and_comments(value, found):
    assert addresses(value) == found


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Subject: hello\n",
        b"From: nobody\n",
        b"From: a@x, b@x\n",
        b"From: a@x\nFrom: b@x\n",
    ],
)
def test_a_mail_from_nobody_or_from_two_is_not_read(head):
    with pytest.raises(UnreadableError):
        read_mail(head + b"\ndone")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated (vacation); x=y"),
        ("Precedence", "bulk"),
        ("Precedence", "Auto_Reply"),
        ("Precedence", "junk"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "I am away"),
        ("Return-Path", "<>"),
        ("Return-Path", " < > "),
        ("List-Id", "<news.lab.test>"),
        ("Content-Class", "urn:content-classes:calendarmessage"),
        ("X-Failed-Recipients", "ben@lab.test"),
    ],
)
def test_what_a_program_says_by_itself_is_automatic(name, value):
    assert read_mail(f"{name}: {value}\n".encode() + mail(DONE)).is_automatic


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("X-Autoreply", "no"),
        ("Return-Path", "<ana@lab.test>"),
        ("Precedence", "first-class"),
        ("X-Comment", "Out of office"),
    ],
)
def test_what_a_person_says_is_not(name, value):
    away = mail(DONE).replace(b"Subject: Re: Tea", b"Subject: Out of office: tea")
    assert not read_mail(f"{name}: {value}\n".encode() + away).is_automatic


def report(kind: str, second: str, third: str = "") -> bytes:
    return (
        "From: Mail System <reports@lab.test>\r\nTo: nudge@lab.test\r\nMessage-ID: <r@lab.test>\r\n"
        f'Content-Type: multipart/report; report-type={kind};\r\n\tboundary="b1"\r\n\r\n'
        "--b1\r\nContent-Type: text/plain\r\n\r\ndone\r\n"
        f"--b1\r\n{second}\r\n--b1\r\n{third}\r\n--b1--\r\n"
    ).encode()


STATUS = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.lab.test\r\n\r\n"
RETURNED = f"Content-Type: message/rfc822\r\n\r\nFrom: n@x\r\nReply-To: <{NUDGE}>\r\n\r\nTea?"


def test_a_hard_bounce_tells_whom_no_mail_will_reach_and_which_nudge_it_was():
    failed = "Final-Recipient: rfc822; ana@lab.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    read = read_mail(report("delivery-status", STATUS + failed, RETURNED))
    assert read.bounced == ("ana@lab.test",)
    assert read.token == TOKEN
    assert read.is_automatic
    assert incoming_mail(read, "imap").is_bounce


def test_a_bounce_without_the_token_that_was_sent_counts_for_nothing():
    failed = "Final-Recipient: rfc822; ana@lab.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    read = read_mail(report("delivery-status", STATUS + failed))
    assert read.bounced == ("ana@lab.test",)
    assert not incoming_mail(read, "imap").is_bounce


@pytest.mark.parametrize(
    "block",
    [
        "Final-Recipient: rfc822; ana@lab.test\r\nAction: delayed\r\nStatus: 4.4.1\r\n",
        "Final-Recipient: rfc822; ana@lab.test\r\nAction: delivered\r\nStatus: 2.0.0\r\n",
        "Final-Recipient: rfc822\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        "Action: failed\r\nStatus: 5.1.1\r\n",
        "",
    ],
)
def test_a_report_of_anything_else_is_automatic_and_bounces_nobody(block):
    read = read_mail(report("delivery-status", STATUS + block))
    assert read.is_automatic
    assert read.bounced == ()


def test_a_read_receipt_is_automatic():
    second = "Content-Type: message/disposition-notification\r\n\r\nDisposition: displayed\r\n"
    read = read_mail(report("disposition-notification", second))
    assert read.is_automatic
    assert read.bounced == ()


def test_a_calendars_answer_is_automatic_and_an_attached_calendar_is_not():
    calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR"
    head = b'From: ana@lab.test\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    answer = (
        f"--b\r\n\r\ndone\r\n--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n{calendar}"
    )
    attached = f"--b\r\n\r\ndone\r\n--b\r\nContent-Type: text/calendar\r\n\r\n{calendar}"
    assert read_mail(head + answer.encode()).is_automatic
    assert not read_mail(head + attached.encode()).is_automatic
