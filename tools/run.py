"""Serve the demonstration: make a key, bring the database up to date, fill it once, serve.

Called by `make run`. For production, see the operator's guide.
"""

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def secret_key(instance: Path) -> str:
    """Return the key of this installation, made once and kept in an ignored file."""
    kept = instance / "secret-key"
    if not kept.exists():
        instance.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text().strip()


def main() -> None:
    """Prepare and serve; stays in the foreground until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "5000")))
    port = parser.parse_args().port
    instance = Path(os.environ.get("CONSULT_INSTANCE", ROOT / "instance"))
    os.environ.setdefault("CONSULT_SECRET_KEY", secret_key(instance))
    os.environ.setdefault("CONSULT_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("CONSULT_DEMONSTRATION", "1")
    os.environ.setdefault("FLASK_APP", "consult")
    os.chdir(ROOT)
    flask = [str(BIN / "flask")]
    subprocess.run([*flask, "db", "upgrade"], check=True)
    subprocess.run([*flask, "consult", "demo", "--unless-built"], check=True)
    print(f"\nConsult is at http://127.0.0.1:{port} (stop with Ctrl+C)\n", flush=True)
    serve = str(BIN / "granian")
    # One process writes to SQLite; its threads share the work (docs/operators-guide.md).
    os.execv(  # noqa: S606  (our own server, with our own arguments)
        serve,
        [serve, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "warning",
         "wsgi:app"],
    )  # fmt: skip


if __name__ == "__main__":
    main()
