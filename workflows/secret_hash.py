"""How secrets that let somebody in are kept: of sessions, links, tokens and addresses."""

import hashlib


def hash_of(secret: str) -> str:
    """Such a secret is long and random, so a plain hash keeps it safe and finds it at once."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
