"""Why the council's own sign-on did not sign somebody in, in words for them and for the audit."""

REFUSALS = {
    "declined": "The council's sign-on did not sign you in. Begin again, or ask whoever looks "
                "after council accounts.",
    "away": "The council's sign-on cannot be reached, or does not answer as it should. Wait a few "
            "minutes, then begin again.",
    "stale": "This way of signing in has been used already, was begun more than 10 minutes ago or "
             "in another browser. Begin again.",
    "untrusted": "What the council's sign-on said could not be relied on, so you are not signed "
                 "in. Begin again. If it happens again, tell your Pepway administrator.",
    "weak": "The council's sign-on did not ask you for a second step, such as a code on your "
            "phone. Set it up for your council account, then begin again.",
    "unknown": "Pepway does not know your council account yet. Ask your Pepway administrator for a "
               "link that connects it with you.",
}


class SignOnRefused(Exception):
    """`why` is a key of `REFUSALS`; `detail` names the check, and holds nothing that was sent."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(f"{why}: {detail}")
        self.why, self.detail = why, detail
