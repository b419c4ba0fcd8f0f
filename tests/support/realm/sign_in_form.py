"""Keycloak's sign-in form as a program fills it in: nothing but the requests, for their time to be taken."""

import html
import re

import requests

_FORM = re.compile(r'<form[^>]+id="kc-form-login"[^>]+action="([^"]+)"')


class SignInForm:
    """One browser's form, opened once: a wrong try is answered by the form again. Times are `elapsed`."""

    def __init__(self, address: str) -> None:
        """Opens it by the address that begins a sign-in. Raises AssertionError for another page."""
        self._client = requests.Session()
        self._cookies: dict[str, str] = {}
        self.opened = self._ask("GET", address)
        self._action = self._found(self.opened)

    def send(self, email: str, password: str) -> requests.Response:
        """Keycloak's answer: the form with what is wrong, or a redirect that is not followed."""
        answer = self._ask("POST", self._action, {"username": email, "password": password})
        if not answer.is_redirect:
            self._action = self._found(answer)
        return answer

    def _ask(self, method: str, address: str, form: dict[str, str] | None = None) -> requests.Response:
        # Keycloak's cookies are for https alone; browsers waive that for localhost, this library does not.
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        answer = self._client.request(
            method, address, data=form, headers=sent, allow_redirects=False, timeout=30
        )
        self._cookies |= answer.cookies.get_dict()
        return answer

    @staticmethod
    def _found(answer: requests.Response) -> str:
        found = _FORM.search(answer.text)
        assert found, f"{answer.status_code} {answer.url}: {answer.text[:500]}"
        return html.unescape(found[1])
