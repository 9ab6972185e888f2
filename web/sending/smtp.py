"""Letters by a mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from engine.background import NotDelivered, RefusedForGood
from web.sending.invitation import invitation_file, method_of
from web.settings import LOOPBACK
from workflows.telling.invitations import CalendarEntry
from workflows.telling.letters import Letter

SECONDS_TO_ANSWER = 8.0
PORTS = {"smtp": 25, "smtps": 465}
FOR_GOOD = 500


class MailServer:
    """`smtps://` is encrypted from the start. `smtp://` must become so by STARTTLS, except on this
    machine and where the address ends with `?tls=none`. Certificates are checked."""

    def __init__(self, url: str, sender: str, host_of_ids: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._encrypted = parts.scheme == "smtps"
        is_plain = parse_qs(parts.query).get("tls") == ["none"] or self._host in LOOPBACK
        self._starts_tls = not self._encrypted and not is_plain
        self._sender, self._host_of_ids = sender, host_of_ids

    def send(self, letter: Letter) -> None:
        """As `Post.send`. The server's own words are not kept: they may quote the address."""
        with self._in_our_words(), self._connection() as server:
            server.send_message(self.mail_of(letter), self._sender, [letter.to])

    def mail_of(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = letter.subject
        mail["From"] = f"Pepway <{self._sender}>"
        mail["To"] = letter.to
        mail["Date"] = format_datetime(letter.at)
        mail["Message-ID"] = f"<{letter.id}@{self._host_of_ids}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text)
        if letter.calendar is not None:
            _invite(mail, letter.calendar, letter.at, self._sender, self._host_of_ids)
        return mail

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS_TO_ANSWER, context=context)
            if self._encrypted
            else smtplib.SMTP(self._host, self._port, timeout=SECONDS_TO_ANSWER)
        )
        try:
            if self._starts_tls:
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
            yield server
            with suppress(smtplib.SMTPException, OSError):  # it has taken the letter already
                server.quit()
        finally:
            server.close()

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, _)] = refused.recipients.values()
            raise _refusal(code, "the e-mail address") from None
        except smtplib.SMTPDataError as refused:
            raise _refusal(refused.smtp_code, "the message") from None
        except smtplib.SMTPAuthenticationError as refused:
            raise NotDelivered(
                f"The mail server refused the user or the password of PEPWAY_MAIL_URL "
                f"({refused.smtp_code})"
            ) from None
        except smtplib.SMTPSenderRefused as refused:
            raise NotDelivered(
                f"The mail server refused the sender, PEPWAY_MAIL_FROM ({refused.smtp_code})"
            ) from None
        except ssl.SSLError as fault:
            raise NotDelivered("The mail server's certificate is not trusted, or it does not "
                               "speak TLS") from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise NotDelivered("The mail server cannot do what is asked of it: STARTTLS, signing "
                               "in, or an address with accents") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise NotDelivered("The mail server did not answer as it should "
                               f"({type(fault).__name__})") from fault


def _invite(
    mail: EmailMessage, entry: CalendarEntry, at: datetime, sender: str, host: str
) -> None:
    """For programs that know invitations, and as a file for all others (RFC 6047)."""
    body = invitation_file(entry, at, sender, host)
    method = method_of(entry)
    mail.add_alternative(body.decode(), subtype="calendar", params={"method": method})
    mail.add_attachment(body, maintype="application", subtype="ics", filename="meeting.ics",
                        params={"method": method})


def _refusal(code: int, what: str) -> NotDelivered:
    if code >= FOR_GOOD:
        return RefusedForGood(f"The mail server refused {what} ({code})")
    return NotDelivered(f"The mail server does not take {what} for now ({code})")
