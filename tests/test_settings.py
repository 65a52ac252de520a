"""Every setting is looked at before anything is served, and all that is wrong is said together."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
from flask import Flask

from consult import create_served_app
from consult.foundation.settings.environment import (
    CC0,
    ROOT,
    SettingsError,
    from_environment,
    setting_names,
    unknown_settings,
)
from consult.foundation.settings.validators import database_url
from consult.foundation.storage.object_storage import StorageAccess
from consult.interfaces.demonstration.build import holds_others
from tests.object_server import BUCKET, ObjectServer

GUIDE = (ROOT / "docs" / "operators-guide.md").read_text()
LONG = "f3Xw9-Qm2_Lr7Tz0Vb5Ny8Kd1Hs4Jp6G"

BAD: list[tuple[str, str, str]] = [
    ("SECRET_KEY", "a", "at least 32"),
    ("SECRET_KEY", "a" * 64, "repeats itself"),
    ("SECRET_KEY", "abababababababababababababababababab", "repeats itself"),
    ("SECRET_KEY", "correcthorse!" * 4, "repeats itself"),
    ("SECRET_KEY", "please-change-me-before-you-go-to-production", "was published"),
    ("BASE_URL", "consult.overheid.nl", "must begin with https://"),
    ("BASE_URL", "//consult.overheid.nl", "must begin with https://"),
    ("BASE_URL", "ftp://consult.overheid.nl", "must begin with https://"),
    ("BASE_URL", "http://consult.overheid.nl", "must begin with https://"),
    ("BASE_URL", "http://8.8.8.8", "must begin with https://"),
    ("BASE_URL", "https://", "cannot be read"),
    ("BASE_URL", "https://consult.overheid.nl/plan", "must end after the host"),
    ("BASE_URL", "https://consult.overheid.nl?x=1", "must hold no user"),
    ("BASE_URL", "https://consult.overheid.nl/#", "must hold no user"),
    ("BASE_URL", "https://me:word@consult.overheid.nl", "must hold no user"),
    ("BASE_URL", "https://consult.overheid.nl:99999", "cannot be read"),
    ("BASE_URL", "https://consult.overheid.nl:0", "cannot be read"),
    ("BASE_URL", "https://con sult.nl", "cannot be read"),
    ("BASE_URL", "https://[::1", "cannot be read"),
    ("TRUSTED_PROXIES", "ja", "from 0 to 10"),
    ("TRUSTED_PROXIES", "-1", "from 0 to 10"),
    ("TRUSTED_PROXIES", "11", "from 0 to 10"),
    ("TRUSTED_PROXIES", "1.5", "from 0 to 10"),
    ("TRUSTED_PROXIES", "9" * 5000, "from 0 to 10"),
    ("THEME", "../../etc/passwd", "the name of a theme"),
    ("THEME", "Rijkshuisstijl", "the name of a theme"),
    ("THEME", "not-laid", "these are laid: consult"),
    ("MAIL_FROM", "consult@example.org\nBcc: all@example.org", "must be one line"),
    ("MAIL_FROM", "consult", "must be an address"),
    ("MAIL_FROM", "a@b, c@d", "must be an address"),
    ("MAIL_FROM", "Consult <consult@example.org", "must be an address"),
    ("MAIL_URL", "ftp://mail.example", "must be local:"),
    ("MAIL_URL", "smtp://mail.example:port", "must be local:"),
    ("STORAGE_URL", "gs://bucket/files", "'gs'"),
    ("RECORD", "s3://Files", "must be s3:// and the name of a bucket"),
    ("RECORD", "file:record", "path from the root"),
    ("RECORD", "/proc/version/record", "is no folder"),
    ("STORAGE_URL", "s3:consult-files", "must be s3:// and the name of a bucket"),
    ("STORAGE_URL", "s3://", "must be s3:// and the name of a bucket"),
    ("STORAGE_URL", "s3://Files", "must be s3:// and the name of a bucket"),
    ("STORAGE_URL", "s3://192.168.1.1/files", "must be s3:// and the name of a bucket"),
    ("STORAGE_URL", "s3://me:hunter2@consult-files", "must be s3:// and the name of a bucket"),
    ("STORAGE_URL", "s3://consult-files/../other", "behind the bucket"),
    ("STORAGE_URL", "s3://consult-files//site", "behind the bucket"),
    ("STORAGE_URL", "s3://consult-files?region=x", "must be s3:// and the name of a bucket"),
    ("STORAGE_URL", "/srv/files", "file:/path"),
    ("STORAGE_URL", "file:files", "path from the root"),
    ("STORAGE_URL", "file://host/files", "path from the root"),
    ("STORAGE_URL", "file:/proc/version/files", "is no folder"),
    ("INSTANCE", "/proc/version/consult", "is no folder"),
    ("DATABASE_URL", "consult", "cannot be read"),
    ("DATABASE_URL", "mysql://me:hunter2@db/consult", "mysql"),
    ("DATABASE_URL", "sqlite://", "names no database"),
    ("DATABASE_URL", "sqlite:///:memory:", "names no database"),
    ("DATABASE_URL", "postgresql://me:hunter2@db", "names no database"),
    ("DATABASE_URL", "postgresql://me:hunter2@db:door/consult", "cannot be read"),
    ("DATABASE_URL", "sqlite:////proc/version/consult.sqlite", "is no folder"),
    ("REDIS_URL", "localhost:6379", "must be redis://"),
    ("REDIS_URL", "memcached://localhost", "must be redis://"),
    ("REDIS_URL", "redis://:hunter2@host:door", "must be redis://"),
    ("DEMONSTRATION", "ja", "must be 1 (on) or 0 (off)"),
    ("EMBEDDED_WORKER", "2", "must be 1 (on) or 0 (off)"),
    ("SECOND_FACTOR", "yes", "required or optional"),
    ("OIDC_ISSUER", "http://login.example", "must begin with https://"),
    ("OIDC_ISSUER", "login.example", "must begin with https://"),
    ("OIDC_SECOND_FACTOR", "mfa", "claim=value"),
    ("CONTACT", "hulp@example.org\r\nX: y", "must be one line"),
]


def refused(**said: str) -> str:
    with pytest.raises(SettingsError) as refusal:
        from_environment({f"CONSULT_{name}": text for name, text in said.items()})
    return str(refusal.value)


@pytest.mark.parametrize(("name", "text", "words"), BAD)
def test_a_value_that_cannot_be_used_is_one_sentence_about_it(
    name: str, text: str, words: str
) -> None:
    if name == "OIDC_ISSUER":
        sentence = refused(**{name: text, "OIDC_CLIENT_ID": "x"})
    else:
        sentence = refused(**{name: text})
    assert words in sentence
    assert all(line.startswith(f"CONSULT_{name} ") for line in sentence.splitlines())
    assert "hunter2" not in sentence


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = {name: text for name, text, _words in BAD}
    lines = refused(**said).splitlines()
    assert {line.split()[0].removeprefix("CONSULT_") for line in lines} == said.keys()
    together = refused(DEMONSTRATION="1", BASE_URL="https://consult.nl", THEME="..")
    assert len(together.splitlines()) == 2


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ({}, "TRUSTED_PROXIES", 0),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES", 0),
        ({"DEMONSTRATION": "yes"}, "DEMONSTRATION", True),
        ({"EMBEDDED_WORKER": "off"}, "EMBEDDED_WORKER", False),
        ({"BASE_URL": "https://consult.overheid.nl/"}, "BASE_URL", "https://consult.overheid.nl"),
        ({"BASE_URL": "http://10.0.0.7:5000"}, "BASE_URL", "http://10.0.0.7:5000"),
        ({"BASE_URL": "http://consult:8080"}, "BASE_URL", "http://consult:8080"),
        ({"BASE_URL": "http://[::1]:5000"}, "BASE_URL", "http://[::1]:5000"),
        ({"MAIL_FROM": "Consult <a@b.nl>"}, "MAIL_FROM", "Consult <a@b.nl>"),
        ({"REDIS_URL": "redis://host:6379/1"}, "RATELIMIT_STORAGE_URI", "redis://host:6379/1"),
        ({"SECRET_KEY": LONG}, "SECRET_KEY", LONG),
        ({"STORAGE_URL": "file:///tmp"}, "STORAGE_URL", "file:///tmp"),
    ],
)
def test_what_can_be_used_is_taken(said: dict[str, str], key: str, value: Any) -> None:
    environ = {f"CONSULT_{name}": text for name, text in said.items()}
    assert from_environment(environ)[key] == value


def test_a_licence_is_named_unless_somebody_says_that_there_is_none() -> None:
    assert from_environment({})["LICENCE"] == CC0
    own = "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)"
    assert from_environment({"CONSULT_LICENCE": own})["LICENCE"] == own
    assert from_environment({"CONSULT_LICENCE": "none"})["LICENCE"] == ""


def test_a_password_may_hold_any_sign_in_its_code() -> None:
    url = "postgres://me:p%40ss%2F@db:5432/consult"
    found = from_environment({"CONSULT_DATABASE_URL": url})["SQLALCHEMY_DATABASE_URI"]
    assert found == database_url(url) == "postgresql+psycopg://me:p%40ss%2F@db:5432/consult"


@pytest.mark.parametrize(
    "address", ["https://consult.overheid.nl", "https://93.184.216.34", "https://[2606:4700::1]"]
)
def test_the_demonstration_is_not_served_to_the_public(address: str) -> None:
    assert "shows all mails" in refused(DEMONSTRATION="1", BASE_URL=address)
    assert not from_environment({"CONSULT_BASE_URL": address})["DEMONSTRATION"]


def test_the_demonstration_is_not_served_on_the_people_of_a_site(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert holds_others()
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    for name, text in {
        "DATABASE_URL": url, "DEMONSTRATION": "1", "SECRET_KEY": LONG, "EMBEDDED_WORKER": "0",
        "INSTANCE": str(app.config["INSTANCE"]),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CONSULT_{name}", text)
    with pytest.raises(SettingsError, match="holds people, and no demonstration"):
        create_served_app()


def test_a_name_that_is_none_is_said_with_the_one_that_was_meant() -> None:
    said = unknown_settings({"CONSULT_BASEURL": "x", "CONSULT_XYZZY": "x", "CONSULT_CHROMIUM": "x"})
    assert "Did you mean CONSULT_BASE_URL?" in said[0]
    assert said[1] == "CONSULT_XYZZY is no setting, and changes nothing."
    assert len(said) == 2


def test_the_table_of_the_guide_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (`CONSULT_[^|]+) \| ([^|]+) \|", GUIDE, re.MULTILINE)
    names = [(re.findall(r"CONSULT_\w+", names), default) for names, default in rows]
    assert {name for several, _default in names for name in several} == setting_names()
    found = from_environment({})
    found |= {"REDIS_URL": found["RATELIMIT_STORAGE_URI"]}
    for (name, *_rest), default in names:
        if said := re.fullmatch(r"`([^`]*)`", default):
            value = found[name.removeprefix("CONSULT_")]
            assert said[1] == (str(int(value)) if isinstance(value, bool) else str(value)), name


S3 = {
    "CONSULT_STORAGE_URL": "s3://consult-files/site", "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "hunter2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, ["AWS_ACCESS_KEY_ID is not set"]),
        ({"AWS_SECRET_ACCESS_KEY": ""}, ["AWS_SECRET_ACCESS_KEY is not set"]),
        (
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
            ["AWS_ACCESS_KEY_ID is not set", "AWS_SECRET_ACCESS_KEY is not set"],
        ),
        ({"AWS_ENDPOINT_URL_S3": "storage.example"}, ["AWS_ENDPOINT_URL_S3 must begin with"]),
        (
            {"AWS_ENDPOINT_URL": "https://me:hunter2@s.example"},
            ["AWS_ENDPOINT_URL_S3 must hold no"],
        ),
        ({"AWS_ENDPOINT_URL_S3": "http://storage.example"}, ["over http:// for all to read"]),
        ({"AWS_ENDPOINT_URL": "http://10.0.0.7:9000"}, ["set AWS_ALLOW_HTTP=true"]),
    ],
)
def test_how_object_storage_is_reached_is_looked_at(
    changed: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(SettingsError) as refusal:
        from_environment(S3 | changed)
    lines = str(refusal.value).splitlines()
    assert len(lines) == len(words)
    assert all(word in line for word, line in zip(words, lines, strict=True))
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("said", "endpoint", "region"),
    [
        ({}, "", "us-east-1"),
        ({"AWS_REGION": "eu-west-1"}, "", "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "", "eu-west-2"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9000/"}, "http://127.0.0.1:9000", "us-east-1"),
        (
            {"AWS_ENDPOINT_URL": "https://a.example", "AWS_ENDPOINT_URL_S3": "https://b.example"},
            "https://b.example",
            "us-east-1",
        ),
        (
            {"AWS_ENDPOINT_URL": "http://10.0.0.7:9000", "AWS_ALLOW_HTTP": "true"},
            "http://10.0.0.7:9000",
            "us-east-1",
        ),
    ],
)
def test_object_storage_is_reached_by_the_usual_names(
    said: dict[str, str], endpoint: str, region: str
) -> None:
    access = from_environment(S3 | said)["STORAGE_ACCESS"]
    assert isinstance(access, StorageAccess)
    assert (access.endpoint, access.region) == (endpoint, region)
    assert "hunter2" not in repr(access)


def test_names_of_object_storage_mean_nothing_to_a_folder() -> None:
    """They may stand in the environment for something else."""
    assert from_environment({"AWS_ENDPOINT_URL": "nonsense"})


def started(tmp_path: Path, **said: str) -> "subprocess.CompletedProcess[str]":
    """Start the site as a web server does, in a process that shows what it loaded."""
    environ = {
        **os.environ, "CONSULT_INSTANCE": str(tmp_path), "CONSULT_SECRET_KEY": LONG,
        "CONSULT_EMBEDDED_WORKER": "0", **said,
    }  # fmt: skip
    environ.pop("FLASK_RUN_FROM_CLI", None)
    return subprocess.run(
        [sys.executable, "-c", "import sys, wsgi; print('obstore' in sys.modules)"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_site_starts_with_object_storage_that_works_only(
    tmp_path: Path, object_server: ObjectServer
) -> None:
    access = object_server.access()
    said = {
        "CONSULT_STORAGE_URL": f"s3://{BUCKET}/started",
        "AWS_ENDPOINT_URL_S3": access.endpoint,
        "AWS_ACCESS_KEY_ID": access.access_key_id,
        "AWS_SECRET_ACCESS_KEY": access.secret_access_key,
    }
    assert started(tmp_path, **said).stdout == "True\n"
    for changed, words in (
        ({"CONSULT_STORAGE_URL": "s3://not-there"}, "names the bucket not-there"),
        ({"AWS_SECRET_ACCESS_KEY": "another"}, "does not take the key"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, "does not answer"),
    ):
        refused = started(tmp_path, **{**said, **changed})
        assert refused.returncode == 1
        first, *rest = refused.stderr.splitlines()
        assert (first, len(rest)) == ("Consult does not start:", 1)
        assert words in rest[0]
    assert list(object_server.storage("started").list()) == []


def test_a_site_starts_with_a_place_for_its_record_that_works_only(
    tmp_path: Path, object_server: ObjectServer
) -> None:
    access = object_server.access()
    said = {
        "CONSULT_RECORD": f"s3://{BUCKET}/record-started",
        "AWS_ENDPOINT_URL_S3": access.endpoint,
        "AWS_ACCESS_KEY_ID": access.access_key_id,
        "AWS_SECRET_ACCESS_KEY": access.secret_access_key,
    }
    assert started(tmp_path, **said).stdout == "True\n"
    reader = object_server.access("reader")
    for changed, words in (
        ({"CONSULT_RECORD": "s3://not-there"}, "CONSULT_RECORD names the bucket not-there"),
        ({"AWS_SECRET_ACCESS_KEY": "another"}, "does not take the key"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, "does not answer"),
        (
            {
                "AWS_ACCESS_KEY_ID": reader.access_key_id,
                "AWS_SECRET_ACCESS_KEY": reader.secret_access_key,
            },
            "does not let the key in AWS_ACCESS_KEY_ID do what is needed",
        ),
    ):
        refused = started(tmp_path, **{**said, **changed})
        assert refused.returncode == 1
        first, *rest = refused.stderr.splitlines()
        assert (first, len(rest)) == ("Consult does not start:", 1)
        assert rest[0].startswith("CONSULT_RECORD")
        assert words in rest[0]
    assert list(object_server.storage("record-started").list()) == []


class _WantsAPassword(StreamRequestHandler):
    """Answers as a Redis does that was given none, or a wrong one."""

    def handle(self) -> None:
        while self.rfile.readline():
            self.wfile.write(b"-NOAUTH Authentication required.\r\n")


def test_a_site_starts_with_a_redis_that_answers_only(tmp_path: Path) -> None:
    with ThreadingTCPServer(("127.0.0.1", 0), _WantsAPassword) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        for address in (f"redis://:hunter2@127.0.0.1:{port}/0", "redis://127.0.0.1:9"):
            refused = started(tmp_path, CONSULT_REDIS_URL=address)
            assert refused.returncode == 1
            first, said = refused.stderr.splitlines()
            assert first == "Consult does not start:"
            assert said.startswith("CONSULT_REDIS_URL cannot be used: at 127.0.0.1:")
            assert "hunter2" not in said
        server.shutdown()


@pytest.mark.parametrize(
    ("files", "record", "together"),
    [
        ("s3://bucket-one/files", "s3://bucket-one/record", True),
        ("s3://bucket-one", "s3://bucket-two", True),
        ("s3://bucket-one", "record", True),
        ("s3://bucket-one/files", "s3://bucket-one/files", False),
        ("s3://bucket-one", "s3://bucket-one/record", False),
        ("s3://bucket-one/site/files", "s3://bucket-one/site/", False),
        (f"file:{ROOT}/build", f"{ROOT}/build/record", False),
    ],
)
def test_files_and_record_lie_apart(files: str, record: str, together: bool) -> None:
    said = {**S3, "CONSULT_STORAGE_URL": files, "CONSULT_RECORD": record}
    if together:
        assert from_environment(said)["RECORD"] == record
        return
    with pytest.raises(SettingsError, match="must lie apart"):
        from_environment(said)


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ({}, "memory://"),
        ({"CONSULT_DATABASE_URL": "postgresql://db/consult"}, "database://"),
        (
            {"CONSULT_DATABASE_URL": "postgres://db/consult", "CONSULT_REDIS_URL": "redis://r"},
            "redis://r",
        ),
    ],
)
def test_limits_are_counted_where_all_processes_see_them(
    said: dict[str, str], counted: str
) -> None:
    assert from_environment(said)["RATELIMIT_STORAGE_URI"] == counted


def test_who_keeps_files_in_a_folder_never_loads_the_library(tmp_path: Path) -> None:
    assert started(tmp_path).stdout == "False\n"


def test_the_start_says_it_without_a_traceback(tmp_path: Path) -> None:
    environ = {
        **os.environ, "CONSULT_INSTANCE": str(tmp_path), "CONSULT_THEME": "..",
        "CONSULT_TRUSTED_PROXIES": "ja",
    }  # fmt: skip
    environ.pop("FLASK_RUN_FROM_CLI", None)
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert started.returncode == 1
    lines = started.stderr.splitlines()
    assert lines[0] == "Consult does not start:"
    assert [line.split()[0] for line in lines[1:]] == ["CONSULT_THEME", "CONSULT_TRUSTED_PROXIES"]
