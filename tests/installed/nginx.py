"""README's proxy for real, where the machine has nginx: at a port of its own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operators_files import files
from postgres import free_port

PROGRAM = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def proxy_before(first: int, second: int, folder: Path) -> Iterator[int]:
    """Its port; it goes on in the foreground, and logs into the folder."""
    assert PROGRAM is not None, "nginx is not installed"
    port, plain = free_port(), free_port()
    subprocess.run(
        [shutil.which("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=pepway.council.example", "-keyout", folder / "pepway.key",
         "-out", folder / "pepway.pem"], check=True, capture_output=True,
    )
    said = files()["/etc/nginx/conf.d/pepway.conf"]
    for readme, here in {
        "listen 443": f"listen 127.0.0.1:{port}", "listen 80": f"listen 127.0.0.1:{plain}",
        ":8001": f":{first}", ":8002": f":{second}", "/etc/nginx/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/",
    }.items():
        assert readme in said
        said = said.replace(readme, here)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/errors;\n"
        f"events {{}}\nhttp {{\n{_temporary(folder)}\n{said}}}\n"
    )
    running = subprocess.Popen([PROGRAM, "-p", folder, "-c", folder / "nginx.conf",
                                "-e", folder / "errors"])
    try:
        yield port
    finally:
        running.terminate()
        running.wait()


def _temporary(folder: Path) -> str:
    return "".join(f"{each}_temp_path {folder}/{each};"
                   for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
