"""The web page and the JSON that show the caught mails."""

from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader

from stack.mailcatcher.box import Box, Mail, MailNotFound

_templates = Environment(loader=PackageLoader("stack.mailcatcher"), autoescape=True, trim_blocks=True)
_BOX = web.AppKey("box", Box)
_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
# A caught mail is shown as its reader would see it, but it may run nothing and fetch nothing.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'"
)


def make_pages(box: Box) -> web.Application:
    """The pages of `box`: the list at /, each mail, the same as JSON, and POST /delete-all."""
    app = web.Application()
    app[_BOX] = box
    app.add_routes(
        [
            web.get("/", _list),
            web.get("/style.css", _style),
            web.get("/health", _health),
            web.get("/messages.json", _list_json),
            web.get(r"/messages/{number:\d+}", _mail),
            web.get(r"/messages/{number:\d+}.json", _mail_json),
            web.get(r"/messages/{number:\d+}.html", _mail_html),
            web.post("/delete-all", _delete_all),
        ]
    )
    return app


async def _list(request: web.Request) -> web.Response:
    return _page("list.html.jinja", mails=request.app[_BOX].mails())


async def _list_json(request: web.Request) -> web.Response:
    wanted = request.query.get("to", "").lower()
    mails = request.app[_BOX].mails()
    return web.json_response([mail.summary() for mail in mails if _is_for(mail, wanted)])


async def _mail(request: web.Request) -> web.Response:
    return _page("mail.html.jinja", mail=_requested_mail(request))


async def _mail_json(request: web.Request) -> web.Response:
    return web.json_response(_requested_mail(request).as_json())


async def _mail_html(request: web.Request) -> web.Response:
    mail = _requested_mail(request)
    return _html('<base target="_blank">' + mail.html, _MAIL_POLICY)


async def _delete_all(request: web.Request) -> web.Response:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden(text="Only this page's own button may delete the mails.")
    request.app[_BOX].empty()
    raise web.HTTPSeeOther("/")


async def _style(_request: web.Request) -> web.Response:
    source, _, _ = _templates.loader.get_source(_templates, "style.css")  # type: ignore[union-attr]
    return web.Response(text=source, content_type="text/css")


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "up"})


def _requested_mail(request: web.Request) -> Mail:
    try:
        return request.app[_BOX].mail(int(request.match_info["number"]))
    except MailNotFound:
        raise web.HTTPNotFound(text="There is no mail with this number.") from None


def _is_for(mail: Mail, wanted: str) -> bool:
    return not wanted or wanted in (recipient.lower() for recipient in mail.recipients)


def _page(template: str, **values: Any) -> web.Response:
    return _html(_templates.get_template(template).render(**values), _PAGE_POLICY)


def _html(text: str, policy: str) -> web.Response:
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return web.Response(text=text, content_type="text/html", headers=headers)
