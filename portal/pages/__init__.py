"""The pages, one folder for each subject: its routes, forms and templates."""

import portal.pages.clusters.making
import portal.pages.requests.queue
import portal.pages.users.download
import portal.pages.users.person
import portal.pages.users.why  # noqa: F401 - their routes are of the same blueprints as those of `requests` and `users`
from portal.pages.accounts.routes import pages as accounts
from portal.pages.administration.routes import pages as administration
from portal.pages.clusters.routes import pages as clusters
from portal.pages.desk.audit import pages as audit
from portal.pages.desk.routes import pages as desk
from portal.pages.home.routes import pages as home
from portal.pages.invitations.accept import pages as invitation
from portal.pages.invitations.pending import pages as pending_invitations
from portal.pages.invitations.routes import pages as invitations
from portal.pages.notifications.routes import pages as notifications
from portal.pages.profile.disable_account import pages as disable_account
from portal.pages.profile.notification_settings import pages as settings
from portal.pages.profile.own_account import pages as own_account
from portal.pages.profile.request_access import pages as request_access
from portal.pages.profile.routes import pages as profile
from portal.pages.profile.sessions import pages as sessions
from portal.pages.profile.system_date import pages as system_date
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
from portal.pages.user_details.routes import pages as user_details
from portal.pages.users.routes import pages as users
from portal.pages.who_sees.routes import pages as who_sees

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
    disable_account,
    requests,
    users,
    remove_role,
    sign_in_help,
    accounts,
    notifications,
    providers,
    desk,
    audit,
    own_account,
    sessions,
    system_date,
    invitation,
    invitations,
    pending_invitations,
    administration,
    clusters,
    user_details,
    who_sees,
)
