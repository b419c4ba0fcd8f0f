"""The cells of a list's table: put together without a template, so escaped here."""

from markupsafe import Markup

from portal.pages.tables import cells, columns_used
from portal.web.templating import breaking

HEAD = [{"text": "Name <b>"}, {"text": "Users", "format": "numeric"}, {"text": "Action"}]


def test_what_people_wrote_is_shown_as_they_wrote_it() -> None:
    """The attack: a name that is markup."""
    shown = cells(HEAD, [{"text": "<script>1</script>"}, {"html": Markup("<i>2</i>")}, {"html": "<u>3</u>"}])
    assert "<script>" not in shown
    assert "&lt;script&gt;1&lt;/script&gt;" in shown
    assert "<i>2</i>" in shown
    assert "&lt;u&gt;3&lt;/u&gt;" in shown, "only what is marked as markup is"
    assert "Name &lt;b&gt;" in shown
    assert breaking("<a>@x.example") == "&lt;a&gt;<wbr>@x.<wbr>example"


def test_cells_with_nothing_in_them_are_empty() -> None:
    shown = cells(HEAD, [{"text": ""}, {"html": Markup(" \n ")}, {"text": "0", "as": "portal-when"}])
    assert shown.count("portal-nothing") == 2
    assert '<span><span class="portal-when">0</span></span>' in shown


def test_a_column_of_actions_that_nobody_may_take_is_left_out() -> None:
    nobody = [[{"text": "A"}, {"text": "1"}, {"html": Markup("\n")}]]
    somebody = [*nobody, [{"text": "B"}, {"text": "2"}, {"html": Markup("<a>View</a>")}]]
    assert columns_used(HEAD, nobody) == HEAD[:2]
    assert columns_used(HEAD, somebody) == HEAD
    assert columns_used(HEAD[:2], nobody) == HEAD[:2]
