"""Who may open what, said a second time and independently of the code: by role and by part in the object.

A row names the roles to which an address is open whatever the object (`anywhere`), and the roles to which it is open
only where their agency has one of these `parts` in the object. A new address needs a row here; without one the walk
fails.
"""

from dataclasses import dataclass

PROVIDER, PARTIES = ("provider",), ("provider", "applicant")
OWN_REQUEST = ("applicant",)


@dataclass(frozen=True)
class Rule:
    """To whom an address is open. `noun` says which example objects it takes; `public` is without signing in."""

    noun: str = ""
    anywhere: str = ""
    parts: tuple[str, ...] = ()
    roles: str = ""
    everybody: bool = False
    public: bool = False
    #: Roles to which it is open when the object is published, whosever it is.
    shown: str = ""
    #: Whether it is for published objects alone; what is unpublished is otherwise its own agency's affair.
    published_only: bool = False


EVERYBODY = Rule(everybody=True)
PUBLIC = Rule(public=True, everybody=True)
MANAGER, OFFICE, USER = "data_manager", "office_approver", "data_user"
OVERSEERS = "auditor catalog_reviewer leader quality_officer sharing_authority"
QUALITY = f"{OVERSEERS} data_manager office_approver data_user"
BATCHES = "auditor catalog_reviewer quality_officer operator"
SHARING = "auditor leader sharing_authority data_manager office_approver data_user"
RIGHTS = "auditor sharing_authority data_manager office_approver data_user"
TRACERS = "auditor catalog_reviewer sharing_authority quality_officer"


def _anywhere(roles: str, noun: str = "") -> Rule:
    return Rule(noun, anywhere=roles)


def _known(noun: str) -> Rule:
    """What is no secret among those who are signed in."""
    return Rule(noun, everybody=True)


def _own(noun: str, roles: str, parts: tuple[str, ...] = PROVIDER, anywhere: str = "") -> Rule:
    return Rule(noun, anywhere=anywhere, parts=parts, roles=roles)


def _entry(roles: str = "", anywhere: str = "", shown: str = "") -> Rule:
    return Rule("entry", anywhere=anywhere, parts=PROVIDER, roles=roles, shown=shown)


ALL_ROLES = f"{QUALITY} operator administrator"
RULES: dict[str, Rule] = {
    # open to the world
    "healthz": PUBLIC,
    **dict.fromkeys(("evidence:checkpoint", "evidence:keys", "evidence:verifier"), PUBLIC),
    "evidence:tile": Rule("tile", public=True, everybody=True),
    **dict.fromkeys(("accounts:login", "accounts:code", "accounts:logout"), PUBLIC),
    **dict.fromkeys(("portal:front", "portal:overview"), PUBLIC),
    # whoever is signed in
    **dict.fromkeys(("ui:todo-count", "portal:workbench", "portal:search", "portal:jobs"), EVERYBODY),
    **dict.fromkeys(("accounts:account", "accounts:acting", "accounts:password", "accounts:totp"), EVERYBODY),
    **dict.fromkeys(("accounts:totp-off", "accounts:end-others"), EVERYBODY),
    **dict.fromkeys(("api-reference", "portal:openapi", "portal:tokens"), EVERYBODY),
    "portal:token-revoke": _own("token", ALL_ROLES, ("account",)),
    "accounts:end-session": _own("session", ALL_ROLES, ("account",)),
    **dict.fromkeys(("law:bases", "law:deadlines", "law:notices"), EVERYBODY),
    "law:basis": _known("basis"),
    "law:notice": _known("year"),
    "standards:tables": EVERYBODY,
    "standards:table": _known("table"),
    **dict.fromkeys(("directory:agencies", "directory:nodes", "directory:duties", "directory:systems"), EVERYBODY),
    "directory:agency": _known("agency"),
    "directory:node": _known("node"),
    "directory:duty": _known("duty"),
    "directory:system": _known("system"),
    "directory:desks": EVERYBODY,
    "directory:new-desk": EVERYBODY,
    "directory:end-desk": _own("desk", ALL_ROLES, ("account",)),
    # the administrator
    "law:new-notice": _anywhere("administrator"),
    **dict.fromkeys(
        ("directory:accounts", "directory:new-account", "directory:assignments"), _anywhere("administrator")
    ),
    **dict.fromkeys(
        ("directory:account", "directory:assign", "directory:reset-password", "directory:switch-account"),
        _anywhere("administrator", "account"),
    ),
    "directory:end-assignment": _anywhere("administrator", "assignment"),
    # the operator
    **dict.fromkeys(("portal:health", "portal:letters"), _anywhere("operator")),
    "portal:letter-retry": _anywhere("operator", "letter"),
    **dict.fromkeys(
        ("portal:job", "portal:job-progress", "portal:job-cancel", "portal:job-retry"),
        _own("job", ALL_ROLES, ("party",), anywhere="operator"),
    ),
    "portal:cockpit": _anywhere("leader catalog_reviewer sharing_authority quality_officer"),
    # the directory's own people
    **dict.fromkeys(("directory:new-duty", "directory:new-system"), _anywhere(MANAGER)),
    # catalogue
    **dict.fromkeys(("catalog:search", "api:entries"), EVERYBODY),
    **dict.fromkeys(("catalog:code",), _known("code")),
    **dict.fromkeys(("catalog:entry", "catalog:compare"), _entry(ALL_ROLES, "catalog_reviewer", shown=ALL_ROLES)),
    "api:one": _entry(ALL_ROLES, "catalog_reviewer", shown=ALL_ROLES),
    "catalog:mine": _anywhere(f"{MANAGER} {OFFICE} leader"),
    "catalog:desk": _anywhere("catalog_reviewer"),
    **{
        f"catalog:{name}": _anywhere(MANAGER)
        for name in ("start", "from-file", "from-database", "try-database", "from-copy", "from-blank")
    },
    **{
        f"catalog:{name}": _entry(MANAGER)
        for name in (
            "edit",
            "checklist",
            "offer",
            "submit",
            "submit-change",
            "recall",
            "recall-change",
            "change",
            "abandon-change",
        )
    },
    **{f"catalog:{name}": _entry(OFFICE) for name in ("endorse", "endorse-change")},
    **{f"catalog:{name}": _entry(anywhere="catalog_reviewer") for name in ("review", "retire")},
    # aggregation
    "ingest:register": _anywhere(f"{BATCHES} {MANAGER} {OFFICE}"),
    **dict.fromkeys(("ingest:sources", "ingest:start"), _anywhere(MANAGER)),
    **dict.fromkeys(("ingest:source", "ingest:look"), _own("source", MANAGER)),
    **dict.fromkeys(
        ("ingest:entry", "ingest:database"), Rule("entry", parts=PROVIDER, roles=MANAGER, published_only=True)
    ),
    **{
        f"ingest:{name}": _own("batch", f"{MANAGER} {OFFICE}", anywhere=BATCHES)
        for name in ("batch", "progress", "receipt", "receipt-file")
    },
    **{f"ingest:{name}": _own("batch", MANAGER) for name in ("rejected", "correct", "cancel", "retry")},
    # quality
    **dict.fromkeys(("quality:scores", "quality:tickets"), _anywhere(QUALITY)),
    **dict.fromkeys(("quality:entry", "quality:check", "quality:progress"), _entry(QUALITY, OVERSEERS, shown=QUALITY)),
    "quality:report": _entry(anywhere="", roles=f"{MANAGER} {USER}", shown=f"{MANAGER} {USER}"),
    **dict.fromkeys(("quality:kinds", "quality:proposals"), _entry(MANAGER)),
    "quality:new-rule": _own("rule-kind", MANAGER),
    **dict.fromkeys(("quality:rule", "quality:disable", "quality:enable"), _own("rule", MANAGER)),
    "quality:ticket": _own("ticket", QUALITY, ("provider", "reporter"), anywhere=OVERSEERS),
    **{f"quality:{name}": _own("ticket", MANAGER) for name in ("sample", "accept", "start-fixing", "fixed")},
    "quality:verify": _anywhere("quality_officer", "ticket"),
    **{
        f"quality:{name}": _own("ticket", f"{MANAGER} {USER}", ("reporter",), anywhere="quality_officer")
        for name in ("close", "reopen", "escalate")
    },
    # sharing
    **dict.fromkeys(("sharing:mine", "sharing:grants"), _anywhere(SHARING)),
    "sharing:desk": _anywhere(f"{MANAGER} {OFFICE} sharing_authority"),
    "sharing:received": _anywhere(MANAGER),
    "sharing:all": _anywhere("auditor sharing_authority"),
    "sharing:ask": _entry(shown=USER),
    **dict.fromkeys(("sharing:draft", "sharing:drop-draft"), _own("sharing-draft", USER, OWN_REQUEST)),
    "sharing:request": _own("request", SHARING, PARTIES, anywhere="auditor sharing_authority"),
    "sharing:decide": _own("request", MANAGER),
    **{
        f"sharing:{name}": _own("request", USER, OWN_REQUEST)
        for name in ("revise", "recall", "submit", "withdraw", "correct")
    },
    **{f"sharing:{name}": _own("request", OFFICE, OWN_REQUEST) for name in ("endorse", "send-back")},
    **{f"sharing:{name}": _anywhere("sharing_authority", "request") for name in ("accept", "query", "extend")},
    "sharing:grant": _own("grant", SHARING, PARTIES, anywhere="auditor sharing_authority"),
    **{
        f"sharing:{name}": _own("grant", MANAGER, anywhere="sharing_authority")
        for name in ("suspend", "resume", "revoke")
    },
    # rights and their use
    **dict.fromkeys(("access:rights", "access:copies"), _anywhere(RIGHTS)),
    "access:right": _own("right", RIGHTS, ("caller",), anywhere="auditor sharing_authority"),
    **{f"access:{name}": _own("right", f"{MANAGER} {USER}", ("caller",)) for name in ("preview", "file", "key")},
    # trace
    "security:trace": _anywhere(f"{TRACERS} {MANAGER} {OFFICE} {USER}"),
    **dict.fromkeys(
        ("security:trace-of", "security:bundle"),
        _own("traced", f"{MANAGER} {OFFICE} {USER}", ("provider", "applicant", "consumer"), anywhere=TRACERS),
    ),
    **dict.fromkeys(
        ("security:leaf", "security:leaf-bundle"),
        _own("leaf", ALL_ROLES, ("provider", "applicant", "actor"), anywhere=TRACERS),
    ),
    "security:log": EVERYBODY,
    "security:journal": _anywhere("auditor"),
}
