"""The pack that answers a request for access as a ZIP, and a certificate as a PDF."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

from web.typesetting import parts_of, pictures_in, typeset
from workflows.days import long_date, moment_in_words
from workflows.documents.contents import Line, Part, Table
from workflows.retention.disposal import CertificateView
from workflows.subject_access.pack import Pack

PACK_SECONDS = 300
"""For the plans of a whole childhood."""
BEGINNING = datetime(1980, 1, 1)  # noqa: DTZ001 - ZIP knows no time zone
LETTER = "subject-access.pdf"


def zip_of(pack: Pack, council: str) -> bytes:
    """The PDF, and the attached files beside it. Raises `NotMade`."""
    request = pack.request
    document = {
        **_head("What is held about you", f"request {request.reference}", council, pack.on),
        "about": pack.child, "facts": pack.facts,
        "copy": f"Request {request.reference}, for whoever asked, {long_date(pack.on)}",
        "parts": parts_of(pack.parts),
    }
    pdf = typeset(document, pictures_in(pack.parts), request.id, PACK_SECONDS)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in ((LETTER, pdf), *((each.name, each.content) for each in pack.files)):
            packed.writestr(zipfile.ZipInfo(name, BEGINNING.timetuple()[:6]), content)
    return made.getvalue()


def certificate_pdf(certificate: CertificateView, council: str, on: date) -> bytes:
    """Raises `NotMade`."""
    number = f"Certificate {certificate.number}"
    lines: list[Line | Table] = [
        ("Reference of the record", certificate.reference),
        ("Class of record", certificate.record_class),
        ("Rule", f"{certificate.reason} ({certificate.source})"),
        ("Kept until", long_date(certificate.keep_until)),
        ("List", f"{certificate.list_number}, drawn up by {certificate.made_by}"),
        ("Approved by", ", ".join(certificate.approved_by)),
        ("Destroyed", f"{moment_in_words(certificate.destroyed_at)}, by "
                      f"{certificate.destroyed_by}"),
        ("SHA-256 of what was destroyed", certificate.sha256),
        Table("Rows destroyed", ("Table", "Rows"), [
            [[("", table)], [("", str(rows))]] for table, rows in certificate.counts
        ]),
    ]
    document = {
        **_head("Certificate of destruction", number, council, on), "about": number, "facts": [],
        "copy": number, "parts": parts_of([Part("What was destroyed", lines)]),
    }
    return typeset(document, [], certificate.id)


def _head(title: str, called: str, council: str, on: date) -> dict[str, Any]:
    return {"title": title, "file_title": f"{title}, {called}", "council": council,
            "style": "plain", "on": [on.year, on.month, on.day]}
