"""What README gives to operators for systemd and for a proxy says what is so."""

import configparser
import os
import re
import shutil
import subprocess

import pytest
from operators_files import files, scripts

from web.app import create_app
from web.settings import Settings, read_settings
from web.uploading import LARGEST, WITH_ITS_FORM

ANALYZE = shutil.which("systemd-analyze")
UNITS = {path: text for path, text in files().items() if path.startswith("/etc/systemd/")}
PROXY = files()["/etc/nginx/conf.d/pepway.conf"]
KNOWN = {
    "Unit": "Description After Wants StartLimitIntervalSec",
    "Timer": "OnCalendar Persistent",
    "Install": "WantedBy",
    "Service":
        "CapabilityBoundingSet Environment EnvironmentFile ExecStart LockPersonality "
        "NoNewPrivileges PrivateDevices PrivateTmp ProtectClock ProtectControlGroups ProtectHome "
        "ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc "
        "ProtectSystem ReadWritePaths RemoveIPC Restart RestartSec RestrictAddressFamilies "
        "RestrictNamespaces RestrictRealtime RestrictSUIDSGID StateDirectory StateDirectoryMode "
        "SystemCallArchitectures SystemCallFilter TimeoutStopSec Type UMask User WorkingDirectory",
}
"""What a section may say, for a machine that has no systemd to ask."""


@pytest.mark.parametrize("path", UNITS)
def test_a_unit_says_nothing_that_systemd_does_not_know(path):
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read_string(UNITS[path])

    for section in read.sections():
        assert set(read[section]) <= set(KNOWN[section].split()), section


def test_the_settings_that_are_written_are_good():
    """With the keys that a script adds."""
    own_user, *_ = scripts("As services")
    keys = re.findall(r"PEPWAY_\w+_KEY", own_user)
    assert keys == ["PEPWAY_SECRET_KEY", "PEPWAY_AUDIT_KEY"]
    told = [dict(line.split("=", 1) for line in files()[f"/etc/pepway/{name}"].splitlines())
            for name in ("settings", "owner")]
    for each in (told[0], told[0] | told[1]):
        settings = read_settings(each | dict.fromkeys(keys, "k" * 64))
        assert (settings.public_host, settings.proxies) == ("pepway.council.example", 1)
    assert told[0].keys() >= told[1].keys() == {"PEPWAY_DATABASE_URL"}


def test_the_units_are_those_of_web_processes_workers_migrating_and_the_night():
    assert {path.rpartition("/")[2] for path in UNITS} == {
        "hardened.conf", "pepway-migrate.service", "pepway-web@.service", "pepway-worker@.service",
        "pepway-nightly.service", "pepway-nightly.timer"}
    for name, words in {"migrate": "migrate", "web@": "serve --port %i",
                        "worker@": "worker"}.items():
        unit = UNITS[f"/etc/systemd/system/pepway-{name}.service"]
        assert f"\nExecStart=/opt/pepway/bin/pepway {words}\n" in unit


@pytest.fixture
def units(tmp_path):
    """The folder that has them, with a command that there is."""
    for path, text in UNITS.items():
        file = tmp_path / path.removeprefix("/etc/systemd/system/")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace("/opt/pepway/bin/pepway", "/bin/true"))
    return tmp_path


def asked(units, *words):
    """What systemd says of them, where it is there to ask; it starts nothing."""
    if not ANALYZE:
        return ""
    said = subprocess.run([ANALYZE, *words], check=False, capture_output=True, text=True,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"})
    return said.stdout + said.stderr


@pytest.mark.parametrize("name", ["pepway-migrate.service", "pepway-web@8001.service",
                                  "pepway-worker@1.service", "pepway-nightly.timer"])
def test_systemd_finds_nothing_amiss_in_a_unit(units, name):
    assert asked(units, "verify", "--man=no", name) == ""


def test_systemd_would_find_a_word_that_it_does_not_know(units):
    hardened = units / "pepway-.service.d" / "hardened.conf"
    hardened.write_text(hardened.read_text().replace("ProtectHome", "ProtectHomes"))

    said = asked(units, "verify", "--man=no", "pepway-web@8001.service")

    assert "ProtectHomes" in said or not ANALYZE


def test_every_address_that_is_a_secret_is_left_out_of_the_proxys_log():
    app = create_app(None, Settings(secret_key="s" * 32, audit_key="a" * 32))
    secret = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()
              if "secret" in rule.arguments}
    named = re.findall(r"\^/\((?:\?<first>)?([a-z|-]+)\)/", PROXY)

    assert len(secret) > 3
    assert [set(each.split("|")) for each in named] == [secret] * 2, "the log, and that of errors"
    log = PROXY.partition("log_format")[2].partition(";")[0]
    assert "$pepway_address" in log
    for whole in ("$request ", "$request_uri", "$uri", "$args", "$http_referer"):
        assert whole not in log


def test_the_proxy_takes_what_pepway_takes_and_repeats_no_form():
    says = dict(re.findall(r"^ *([a-z_]+) ([^;{]+);$", PROXY, re.MULTILINE))

    assert int(says["client_max_body_size"].removesuffix("m")) * 10**6 > LARGEST + WITH_ITS_FORM
    assert says["proxy_next_upstream"] == "error timeout", "of forms only what was never sent"
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in PROXY, "nothing that a browser says"
    assert "keepalive" not in PROXY
