"""The pages, one folder for each subject: its routes, forms and templates."""

import portal.pages.clusters.making
import portal.pages.requests.queue  # noqa: F401 - the routes of both are of the blueprint beside them
from portal.pages.clusters.routes import pages as clusters
from portal.pages.desk.audit import pages as audit
from portal.pages.desk.routes import pages as desk
from portal.pages.home.routes import pages as home
from portal.pages.notifications.routes import pages as notifications
from portal.pages.profile.notification_settings import pages as settings
from portal.pages.profile.request_access import pages as request_access
from portal.pages.profile.routes import pages as profile
from portal.pages.providers.routes import pages as providers
from portal.pages.public.routes import pages as public
from portal.pages.register.forgotten_password import pages as forgotten_password
from portal.pages.register.new_link import pages as new_link
from portal.pages.register.routes import pages as register
from portal.pages.remove_role.routes import pages as remove_role
from portal.pages.requests.routes import pages as requests
from portal.pages.roles.routes import pages as roles
from portal.pages.sign_in_help.routes import pages as sign_in_help
from portal.pages.signin.routes import pages as signin
from portal.pages.users.routes import pages as users

BLUEPRINTS = (
    public,
    signin,
    forgotten_password,
    new_link,
    register,
    home,
    roles,
    profile,
    request_access,
    settings,
    requests,
    users,
    remove_role,
    sign_in_help,
    notifications,
    providers,
    desk,
    audit,
    clusters,
)
