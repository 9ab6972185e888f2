"""CSV files as an administrator sends them by the page of an import."""

import csv
import io

from workflows.administration.imports import KINDS


def csv_of(kind, *rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, [each.title for each in KINDS[kind].columns], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def send(ada, kind, content):
    page = ada.open(f"/admin/import/{kind}")
    response = ada.client.post(f"/admin/import/{kind}", data={
        "csrf_token": page.token, "file": (io.BytesIO(content), "a.csv"),
    }, follow_redirects=True)
    return ada._page(response)
