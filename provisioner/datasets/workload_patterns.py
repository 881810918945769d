"""How an identity of Google Cloud or Azure is written: for the rules, and for the schemas."""

from typing import Final

# Google Cloud IAM API, "projects.serviceAccounts": `uniqueId` is a number; those that exist have 21 digits.
SERVICE_ACCOUNT_ID: Final = "[1-9][0-9]{9,29}"
# Microsoft Entra documentation, "Apps and service principals": a tenant and an object are told by a GUID.
GUID: Final = "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
# IAM API Reference, CreateOpenIDConnectProvider: a client id has 255 characters at most. Of them those that an address
# is written with, but for the three that mean something else in a policy: `*`, `?` and the `$` of a variable.
AUDIENCE: Final = "[A-Za-z][A-Za-z0-9._~:/@%+=,-]{0,254}"
READER_ROLE_PREFIX: Final = "reader_"
"""What the names begin with of the roles of our account that readers outside AWS work as."""
