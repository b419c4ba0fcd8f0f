"""What nobody should type: what other programs take for their own, and whatever hypothesis makes up."""

from hypothesis import strategies as st

SCRIPT = "<script>alert(7)</script>"
NASTY = st.sampled_from(
    (
        *(
            "",
            " ",
            "\x00",
            "\x1b[2J",
            "a\r\nSet-Cookie: x=1",
            "'; DROP TABLE effect; --",
            "{{7*7}}",
            "${7*7}",
        ),
        *(
            SCRIPT,
            '"><img src=x onerror=alert(7)>',
            "javascript:alert(7)",
            "//evil.example",
            "../../etc/passwd",
        ),
        *(
            "\u202egnp.exe",
            "\ufeff",
            "é" * 300,
            "x" * 20_000,
            "-1",
            "0",
            "1e309",
            "99999999999999999999",
            "%s%n",
        ),
        *("2026-02-30", "0001-01-01", "9999-12-31", "nobody@", "a@b@c", "=cmd|'/c calc'!A1", "null", "[]"),
        *("P001", "00000000-0000-0000-0000-000000000000", "NaN"),
    )
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
