"""What the pages of the editors may do besides: as little as bpmn.io's libraries need."""

EDITOR_POLICY = {
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
}
"""They place their parts by style attributes and carry their icons in their style sheets."""
TEXT_EDITOR_POLICY = {**EDITOR_POLICY, "style-src": "'self' 'nonce-{nonce}'"}
"""The text boxes of form-js and dmn-js write a style sheet, which carries the page's nonce."""
