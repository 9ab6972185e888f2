"""What nobody should type, by kind: each sent to whatever a form asks for."""

from random import Random

UNSEEN = ("", " ", "\t\n", "\u200b", "\ufeff", "\u2060\u00ad", "\u3000")
NUMBERS = ("1e400", "NaN", "nan", "-0", "-1", "0x10", "Infinity", "-Infinity", "1_000", "1,5", "٣",
           "²", "½", "99999999999999999999999", "9" * 400, "1e3", "0.1234567890123456789", "+", ".")
DATES = ("0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "0", "00", "32", "13", "31", "30",
         "2", "1", "12", "2030", "9999", "0001", "10000", "26", "-5", "2026-W05", "31/12/2026",
         "2026-03-25T09:00:00Z", "20260325")
INJECTIONS = (
    "' OR '1'='1", "'; DROP TABLE task; --", "1); DELETE FROM audit;--", "\\", "%", "_", "%%%", "*",
    "{{ 7*7 }}", "{% raw %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__.__mro__}", "%(x)s",
    "*)(uid=*))(|(uid=*", "' or count(/*)=1 or 'a'='b", "a\r\nSet-Cookie: a=b",
    "a\nBcc: everyone@council.example", "=HYPERLINK(\"http://evil.example\")",
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)", "-2+3", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]>",
    "<svg/onload=alert(1)>", "javascript:alert(1)", "//evil.example", "/\\evil.example",
    "../../etc/passwd", "C:\\con.txt", "CON", "file:///etc/passwd", "http://169.254.169.254/",
    "\x1b[31mlogin\x1b[0m", "2026-03-25 INFO signed in", "$(reboot)", "`reboot`", "| reboot",
    "(a+)+$", "#set($x=1)", "*bold* _x_ `y` [a](javascript:1)", "\x7f", "\x01", "\x85",
)
NAMES = ("O'Brien", "O\u2019Brien", "\u02bbokina", "Jose\u0301", "José", "Łucja", "Ng", "X Æ A-12",
         "👧🏽", "\u202eevil\u202c", "a\u0300\u0301\u0302\u0303\u0304" * 10,
         "王小明", "محمد", "Null",
         "None", "true", "undefined", "NaN", "Zoë-Müller van der Berg", "N" * 300, "İ", "ß", "ﬀ",
         "\U0001f468\u200d\U0001f469\u200d\U0001f467", "i\u0307")
KEYS = ("role", "assigned_to", "status", "tenant_id", "version", "approved_by", "created_at",
        "is_restricted", "actor_id", "person_id", "child_id", "case_id", "task_id", "id", "nonce",
        "do", "next", "confirmed", "checked", "_method", "form-id", "name[]", "name[a][b]",
        "__proto__", "constructor", "promises-0-promise", "promises-rows", "seen-met", "choose-met",
        "met-shown", "kept.", "kept.met", "", " ", "a" * 300, "user[role]", "reason", "page", "to",
        "file", "picture", "still-true", "roles", "active", "email")
BUTTONS = ("save", "check", "complete", "add:promises", "add:targets", "remove:promises:0",
           "remove:promises:²", "remove:", "add:", ":", "nonsense", "do", "publish", "part:9")
UNREADABLE = ("a\0b", "\0")
"""Neither store keeps them: always refused, and what else was typed stays."""


def word(chance: Random) -> str:
    kind = chance.random()
    if kind < 0.02:
        return chance.choice(UNREADABLE)
    if kind < 0.03:
        return chance.choice(("x", "ü", "👧", "a b ", "\n")) * chance.choice((25_000, 70_000))
    if kind < 0.15:
        return "".join(chr(chance.choice((
            chance.randrange(32, 127), chance.randrange(160, 0xD800),
            chance.randrange(0xE000, 0x110000)))) for _ in range(chance.randrange(1, 30)))
    return chance.choice(chance.choice((UNSEEN, NUMBERS, DATES, INJECTIONS, NAMES)))
