"""Word and OpenDocument texts: words, pictures and fonts, and nothing that runs or is fetched."""

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from workflows.attached.checks import NotTaken

MOST_PARTS, MOST_UNPACKED = 2_000, 100_000_000
PARTS = (".xml", ".rels", ".rdf", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf",
         ".wmf", ".svg", ".svm", ".wdp", ".odttf", ".ttf", ".otf")
"""How the names of parts may end; what runs, or is a file of its own, stands in others."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WRITER = b"application/vnd.oasis.opendocument.text"
TYPES = {"macro": "macros", "vba": "macros", "activex": "macros", "oleobject": "holds_files"}
"""Words in the types of Word's parts."""
RELATIONS = {"vbaproject": "macros", "control": "macros", "controlbinary": "macros",
             "attachedtoolbars": "macros", "oleobject": "holds_files", "package": "holds_files",
             "afchunk": "holds_files", "subdocument": "holds_files", "frame": "holds_files"}
"""How the kinds of relations between Word's parts end."""
_DDE = re.compile(r"\bDDE(AUTO)?\b|DDEAUTO", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HREF = "{http://www.w3.org/1999/xlink}href"


def _odf(name: str) -> str:
    namespace, _, element = name.partition(":")
    return f"{{urn:oasis:names:tc:opendocument:xmlns:{namespace}:1.0}}{element}"


ELEMENTS = {
    _odf("manifest:encryption-data"): "locked",
    _odf("script:event-listener"): "macros", _odf("office:script"): "macros",
    _odf("drawing:object"): "holds_files", _odf("drawing:object-ole"): "holds_files",
    _odf("drawing:plugin"): "holds_files", _odf("drawing:applet"): "holds_files",
    _odf("drawing:floating-frame"): "fetches",
    _odf("office:dde-source"): "starts_something",
    _odf("text:dde-connection-decl"): "starts_something",
}
"""What no OpenDocument text may have."""


def check_zipped(content: bytes) -> str:
    """Raises `NotTaken`, and what the reader raises where the file is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = _parts(archive)
    if "[Content_Types].xml" in parts:
        return _check_word(parts)
    if parts.get("mimetype", b"").strip() == WRITER:
        return _check_writer(parts)
    raise NotTaken("not_of_these")


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = [each for each in archive.infolist() if not each.is_dir()]
    if len(infos) > MOST_PARTS or sum(each.file_size for each in infos) > MOST_UNPACKED:
        raise NotTaken("too_complex")
    if any(each.flag_bits & 1 for each in infos):
        raise NotTaken("locked")
    if len({each.filename.lower() for each in infos}) < len(infos):
        raise NotTaken("unreadable")
    return {each.filename: archive.read(each) for each in infos}


def _check_word(parts: dict[str, bytes]) -> str:
    types = list(_xml(parts["[Content_Types].xml"]).iter("{*}Override", "{*}Default"))
    said = [each.get("ContentType", "").lower() for each in types]
    for word, why in TYPES.items():
        if any(word in each for each in said):
            raise NotTaken(why)
    if WORD not in said:
        raise NotTaken("not_of_these")
    for part, document in _documents(parts):
        if part.endswith(".rels"):
            _check_relations(document)
        _check_fields(document)
    _only_known(parts)
    return "docx"


def _check_fields(document: etree._Element) -> None:
    """A field may be cut into pieces anywhere, and so may its name."""
    orders = "".join(
        (each.text or "") if each.tag == f"{_W}instrText" else each.get(f"{_W}instr", "")
        for each in document.iter(f"{_W}instrText", f"{_W}fldSimple")
    )
    if _DDE.search(orders):
        raise NotTaken("starts_something")


def _check_relations(relations: etree._Element) -> None:
    for each in relations.iter("{*}Relationship"):
        kind = each.get("Type", "").lower().rpartition("/")[2]
        for word, why in RELATIONS.items():
            if kind.endswith(word):
                raise NotTaken(why)
        if each.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise NotTaken("fetches")


def _check_writer(parts: dict[str, bytes]) -> str:
    if "META-INF/manifest.xml" not in parts or "content.xml" not in parts:
        raise NotTaken("unreadable")
    if any(name.startswith(("Basic/", "Scripts/", "Dialogs/")) for name in parts):
        raise NotTaken("macros")
    if any(name.startswith("Object") for name in parts):
        raise NotTaken("holds_files")
    for _, document in _documents(parts):
        for element in document.iter(*ELEMENTS):
            raise NotTaken(ELEMENTS[element.tag])
        for fetched in document.iter(_odf("drawing:image"), _odf("text:section-source"),
                                     _odf("presentation:sound")):
            if not fetched.get(_HREF, "#").startswith(("Pictures/", "./Pictures/", "#")):
                raise NotTaken("fetches")
    _only_known(parts)
    return "odt"


def _only_known(parts: dict[str, bytes]) -> None:
    for name in parts:
        if not name.lower().endswith(PARTS) and name not in ("mimetype", "layout-cache"):
            raise NotTaken("macros" if name.lower().endswith(".bin") else "holds_files")


def _documents(parts: dict[str, bytes]) -> Iterator[tuple[str, etree._Element]]:
    for name, content in parts.items():
        if name.lower().endswith((".xml", ".rels", ".rdf", ".svg")) and content:
            yield name, _xml(content)


def _xml(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotTaken("fetches")
    return root
