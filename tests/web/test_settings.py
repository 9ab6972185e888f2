"""Settings: typed, checked at start, one sentence for what is wrong."""

import pytest

from engine.errors import SettingsWrong
from web.settings import read_settings

ID = "26785a09-ab16-4eb0-8407-a37497a57506"
NOTIFY_KEY = f"council-{ID}-{ID}"
KEYS = {"PEPWAY_SECRET_KEY": "s" * 32, "PEPWAY_AUDIT_KEY": "a" * 32}


def test_what_is_not_set_has_a_default():
    settings = read_settings(KEYS)

    assert settings.database_url == "sqlite:///var/pepway.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.demo
    assert not settings.secure


def test_networks_of_the_councils_own_are_named_one_by_one():
    assert read_settings(KEYS).private_networks == ()
    both = read_settings({**KEYS, "PEPWAY_PRIVATE_NETWORKS": "10.20.0.0/16, fd12:3456::/32"})
    assert [str(each) for each in both.private_networks] == ["10.20.0.0/16", "fd12:3456::/32"]


def test_other_programs_settings_are_left_alone():
    assert read_settings({**KEYS, "PATH": "/bin", "PEPPER": "1"}) is not None


def test_the_demonstrations_first_moment_is_a_day_or_a_time():
    demo = {**KEYS, "PEPWAY_DEMO": "1"}

    today = read_settings({**demo, "PEPWAY_TODAY": "2026-03-25"}).today
    assert today.isoformat() == "2026-03-25T09:00:00"
    assert read_settings({**demo, "PEPWAY_TODAY": "2026-03-25T14:30"}).today.hour == 14


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("PEPWAY_DATABSE_URL", "x", "There is no setting called PEPWAY_DATABSE_URL"),
        ("PEPWAY_DATABASE_URL", "mysql://x/y", "PEPWAY_DATABASE_URL is wrong"),
        ("PEPWAY_DATABASE_URL", "nonsense", "PEPWAY_DATABASE_URL is wrong"),
        ("PEPWAY_SLOW_QUERY_MS", "0.5", "PEPWAY_SLOW_QUERY_MS is wrong: write milliseconds"),
        ("PEPWAY_METRICS_TOKEN", "short", "PEPWAY_METRICS_TOKEN is wrong"),
        ("PEPWAY_DEMO", "perhaps", "PEPWAY_DEMO is wrong"),
        ("PEPWAY_DEMO", "", "PEPWAY_DEMO is wrong: write 1 for the demonstration, or 0."),
        ("PEPWAY_TODAY", "2026-02-30", "PEPWAY_TODAY is wrong: write a day, 2026-03-25, or"),
        ("PEPWAY_TODAY", "yesterday", "PEPWAY_TODAY is wrong: write a day, 2026-03-25, or"),
        ("PEPWAY_TODAY", "2026-03-25T09:00Z", "PEPWAY_TODAY is wrong: write a day"),
        ("PEPWAY_TODAY", "2026-03-25T09:00+05:00", "PEPWAY_TODAY is wrong: write a day"),
        ("PEPWAY_TODAY", "", "PEPWAY_TODAY is wrong: write a day"),
        ("PEPWAY_MAIL_URL", "nonsense", "PEPWAY_MAIL_URL is wrong: must be smtp://host:25"),
        ("PEPWAY_MAIL_URL", "smtp://", "PEPWAY_MAIL_URL is wrong: must be smtp://host:25"),
        ("PEPWAY_MAIL_URL", "smtp://post:99999", "PEPWAY_MAIL_URL is wrong: must be"),
        ("PEPWAY_MAIL_FROM", "Pepway", "PEPWAY_MAIL_FROM is wrong: must be an e-mail address"),
        ("PEPWAY_MAIL_FROM", "a@b\nBcc: c@d", "PEPWAY_MAIL_FROM is wrong: must be an e-mail"),
        ("PEPWAY_PRIVATE_NETWORKS", "all", "PEPWAY_PRIVATE_NETWORKS is wrong: write the council's"),
        ("PEPWAY_PRIVATE_NETWORKS", "10.20.0.1/16", "PEPWAY_PRIVATE_NETWORKS is wrong: write"),
        ("PEPWAY_PRIVATE_NETWORKS", "0.0.0.0/0", "PEPWAY_PRIVATE_NETWORKS is wrong: write"),
        ("PEPWAY_PRIVATE_NETWORKS", "127.0.0.0/8", "PEPWAY_PRIVATE_NETWORKS is wrong: write"),
        ("PEPWAY_PRIVATE_NETWORKS", "10.0.0.0/8,169.254.0.0/16", "PEPWAY_PRIVATE_NETWORKS is"),
        ("PEPWAY_PRIVATE_NETWORKS", "::1/128", "PEPWAY_PRIVATE_NETWORKS is wrong: write"),
        ("PEPWAY_PROXIES", "two", "PEPWAY_PROXIES is wrong: write how many proxies"),
        ("PEPWAY_PROXIES", "-1", "PEPWAY_PROXIES is wrong: write how many proxies"),
        ("PEPWAY_OLD_SECRET_KEYS", "short", "PEPWAY_OLD_SECRET_KEYS holds a key shorter than 32"),
        ("PEPWAY_NOTIFY_KEY", "short", "PEPWAY_NOTIFY_KEY is wrong: must be a whole key"),
        ("PEPWAY_NOTIFY_KEY", NOTIFY_KEY, "PEPWAY_NOTIFY_TEMPLATE is missing"),
        ("PEPWAY_SIGN_ON_ISSUER", "http://sign-on.example", "PEPWAY_SIGN_ON_ISSUER is wrong: must"),
        ("PEPWAY_SIGN_ON_ISSUER", "nonsense", "PEPWAY_SIGN_ON_ISSUER is wrong: must begin"),
        ("PEPWAY_SIGN_ON_ISSUER", "https://sign-on.example/?a=b", "PEPWAY_SIGN_ON_ISSUER is wrong"),
        ("PEPWAY_SIGN_ON_ISSUER", "https://login.microsoftonline.com/common/v2.0",
         "PEPWAY_SIGN_ON_ISSUER is wrong: must name the council's own tenant"),
        ("PEPWAY_SIGN_ON_ISSUER", "https://login.microsoftonline.com/organizations/v2.0",
         "PEPWAY_SIGN_ON_ISSUER is wrong: must name the council's own tenant"),
        ("PEPWAY_SIGN_ON_ISSUER", f"https://login.microsoftonline.com/{ID}/v2.0",
         "PEPWAY_SIGN_ON_CLIENT_ID is missing"),
        ("PEPWAY_SIGN_ON_CLIENT_SECRET", "secret", "PEPWAY_SIGN_ON_ISSUER is missing"),
        ("PEPWAY_SIGN_ON_REQUIRE_MFA", "perhaps", "PEPWAY_SIGN_ON_REQUIRE_MFA is wrong: write 1"),
        ("PEPWAY_NOTIFY_URL", "http://notify.example", "PEPWAY_NOTIFY_URL is wrong: must begin"),
        ("PEPWAY_DATABASE_URL", "postgresql://h:port/name", "PEPWAY_DATABASE_URL is wrong: must"),
        ("PEPWAY_DATABASE_URL", "postgresql+asyncpg://h/n", "PEPWAY_DATABASE_URL is wrong: must"),
        ("PEPWAY_DATABASE_URL", "postgresql://a:1,b:port/n", "PEPWAY_DATABASE_URL is wrong: must"),
        ("PEPWAY_DATABASE_URL", "postgresql://a,b/n?host=c&x=1", "PEPWAY_DATABASE_URL is wrong:"),
        ("PEPWAY_DATABASE_URL", "sqlite+aiosqlite:///x.db", "PEPWAY_DATABASE_URL is wrong: must"),
        ("PEPWAY_DATABASE_URL", "", "PEPWAY_DATABASE_URL is wrong: must"),
        ("PEPWAY_PUBLIC_URL", "https://[1", "PEPWAY_PUBLIC_URL is wrong: must begin"),
        ("PEPWAY_PUBLIC_URL", "https://pep.example:99999", "PEPWAY_PUBLIC_URL is wrong: must"),
        ("PEPWAY_TODAY", "2026-03-25", "PEPWAY_TODAY works in the demonstration only"),
        ("PEPWAY_PUBLIC_URL", "http://pep.council.example", "PEPWAY_PUBLIC_URL is wrong"),
        ("PEPWAY_PUBLIC_URL", "pep.council.example", "PEPWAY_PUBLIC_URL is wrong"),
        ("PEPWAY_SECRET_KEY", "short", "PEPWAY_SECRET_KEY is shorter than 32 characters"),
    ],
)
def test_a_wrong_setting_is_refused_with_one_sentence_that_names_it(setting, value, says):
    with pytest.raises(SettingsWrong) as problem:
        read_settings({**KEYS, setting: value})

    assert says in problem.value.message
    assert "\n" not in problem.value.message
    assert problem.value.message.endswith(".")


@pytest.mark.parametrize("url", ["smtp://post.council.example", "smtps://pep@post:465", ""])
def test_mail_goes_by_smtp(url):
    assert read_settings({**KEYS, "PEPWAY_MAIL_URL": url}).mail_url == url


def test_messages_leave_one_way_or_not_at_all():
    mail = {**KEYS, "PEPWAY_MAIL_URL": "smtps://post.example", "PEPWAY_PUBLIC_URL": "https://p.uk"}
    notify = {"PEPWAY_NOTIFY_KEY": NOTIFY_KEY, "PEPWAY_NOTIFY_TEMPLATE": ID}

    assert not read_settings(KEYS).sends
    assert read_settings(mail).sends
    assert read_settings(mail).sender == "pepway@p.uk"
    assert read_settings({**mail, "PEPWAY_MAIL_FROM": "pep@council.example"}).sender == (
        "pep@council.example")
    assert read_settings({**KEYS, **notify}).sends
    with pytest.raises(SettingsWrong, match="PEPWAY_MAIL_URL or PEPWAY_NOTIFY_KEY, not both"):
        read_settings({**mail, **notify})


@pytest.mark.parametrize(("word", "on"), [("1", True), ("true", True), ("0", False)])
def test_the_demonstration_is_on_or_off(word, on):
    assert read_settings({**KEYS, "PEPWAY_DEMO": word}).demo is on


def test_outside_the_demonstration_keys_are_required():
    with pytest.raises(SettingsWrong, match="PEPWAY_SECRET_KEY is missing"):
        read_settings({})


def test_the_demonstration_makes_its_keys_and_keeps_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = read_settings({"PEPWAY_DEMO": "1"})
    second = read_settings({"PEPWAY_DEMO": "1"})

    assert len(first.secret_key) >= 32
    assert first.secret_key != first.audit_key
    assert second == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0
