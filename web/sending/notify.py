"""Letters by GOV.UK Notify."""

import logging
from collections.abc import Callable
from threading import local

from notifications_python_client.errors import APIError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from engine.background import NotDelivered, RefusedForGood
from workflows.telling.invitations import CalendarEntry
from workflows.telling.letters import Letter

SECONDS_TO_ANSWER = 10
FOR_GOOD = {
    400: "GOV.UK Notify refused the e-mail address or the template (400)",
    403: "GOV.UK Notify refused PEPWAY_NOTIFY_KEY (403)",
}
FOR_NOW = {429: "GOV.UK Notify takes no more messages for now (429)"}

# It logs what Notify says, which may quote an address.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


class Notify:
    """The council's template says `((subject))` and `((message))`; the letter's id is Notify's
    `reference`, by which a letter that came twice is known."""

    def __init__(
        self, key: str, template: str, url: str, way_to: Callable[[CalendarEntry], str]
    ) -> None:
        """`way_to` a calendar file, which cannot go along: Notify sends text alone."""
        self._key, self._template, self._url = key, template, url
        self._way_to = way_to
        self._of_this_thread = local()
        """A client is not safe for several threads."""

    def send(self, letter: Letter) -> None:
        """As `Post.send`."""
        text = letter.text
        if letter.calendar is not None:
            text += f"\nFor your calendar: {self._way_to(letter.calendar)}\n"
        try:
            self._client().send_email_notification(  # type: ignore[no-untyped-call]
                email_address=letter.to, template_id=self._template, reference=str(letter.id),
                personalisation={"subject": letter.subject, "message": text},
            )
        except InvalidResponse:
            return  # taken (2xx), though what it says of it cannot be read
        except APIError as fault:
            raise _in_our_words(fault) from None

    def _client(self) -> NotificationsAPIClient:
        if not hasattr(self._of_this_thread, "client"):
            self._of_this_thread.client = NotificationsAPIClient(  # type: ignore[no-untyped-call]
                self._key, base_url=self._url, timeout=SECONDS_TO_ANSWER
            )
        client: NotificationsAPIClient = self._of_this_thread.client
        return client


def _in_our_words(fault: APIError) -> NotDelivered:
    if fault.response is None:
        return NotDelivered("GOV.UK Notify does not answer")
    code = fault.status_code
    if code in FOR_GOOD:
        return RefusedForGood(FOR_GOOD[code])
    return NotDelivered(FOR_NOW.get(code, f"GOV.UK Notify could not take the message ({code})"))
