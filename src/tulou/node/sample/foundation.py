"""What must exist before anybody can work: law, calendar, bodies, accounts, vocabularies."""

from datetime import date

from tulou.domains.directory import services as directory
from tulou.domains.directory.models import Agency
from tulou.domains.law.services import BasisSpec, adopt_basis
from tulou.domains.standards.public import CodeSpec, EditionSpec, adopt_code_table
from tulou.kernel.accounts import assign, create_account
from tulou.kernel.calendar import load_known_notices, set_rule
from tulou.kernel.identity import Account
from tulou.node.sample import reader
from tulou.node.sample.people import LOADER


def calendar() -> None:
    """Notices of the years that are known, and the days within which things must be done."""
    load_known_notices()
    for rule in sorted(reader.deadlines(), key=lambda rule: rule.valid_from):
        set_rule(
            rule.clock,
            rule.title,
            rule.amount,
            citation=rule.citation,
            unit=rule.unit,
            extension=rule.extension,
            max_extensions=rule.max_extensions,
            valid_from=rule.valid_from,
            verified=rule.verified,
        )


def law() -> None:
    """Articles that decisions cite."""
    for basis in reader.bases():
        adopt_basis(
            BasisSpec(
                code=basis.code,
                title=basis.title,
                kind=basis.kind,
                supports=basis.supports,
                valid_from=basis.valid_from,
                valid_to=basis.valid_to,
                number=basis.number,
                article=basis.article,
                text=basis.text,
                verified=basis.verified,
            ),
            actor=LOADER,
        )


def bodies() -> None:
    """Nodes, agencies with their names by date, and who came after whom."""
    for node in reader.nodes():
        parent = None if node.kind == "province" else "fujian"
        directory.found_node(node.code, node.name, kind=node.kind, region=node.region, parent=parent, actor=LOADER)
    for spec in reader.organisations():
        _found(spec)
    for move in reader.successions():
        if not Agency.objects.get(code=move.predecessor).active:
            continue
        directory.succeed(
            Agency.objects.get(code=move.predecessor),
            Agency.objects.get(code=move.successor),
            kind=move.kind,
            on=move.on,
            document=move.document,
            actor=LOADER,
        )


def _found(spec: reader.OrganisationSpec) -> None:
    first, *later = sorted(spec.names, key=lambda name: name.valid_from)
    if Agency.objects.filter(code=spec.code).exists():
        return
    agency = directory.found_agency(
        directory.AgencySpec(
            code=spec.code,
            name=first.name,
            short_name=first.short,
            kind=spec.kind,
            region=spec.region,
            node=spec.node,
            parent=spec.parent or None,
            uscc=spec.uscc,
            valid_from=first.valid_from,
        ),
        actor=LOADER,
    )
    for name in later:
        directory.rename_agency(agency, name=name.name, short_name=name.short, on=name.valid_from, actor=LOADER)


def duties_and_systems() -> None:
    """Items of the 权责清单 and information systems, all marked as samples."""
    for duty in reader.duties():
        directory.register_duty(
            directory.DutySpec(duty.code, duty.name, duty.citation, duty.core_business, is_sample=True),
            agency=Agency.objects.get(code=duty.organisation),
            actor=LOADER,
        )
    for system in reader.systems():
        directory.register_system(
            directory.SystemSpec(
                system.code,
                system.name,
                system.description,
                security_level=system.security_level,
                network=system.network,
                is_sample=True,
            ),
            agency=Agency.objects.get(code=system.organisation),
            actor=LOADER,
        )


def accounts() -> None:
    """Accounts named by role, with the passwords that the login page shows in sample mode."""
    for spec in reader.accounts():
        account = Account.objects.filter(login=spec.login).first()
        if account is None:
            account = create_account(spec.login, spec.label, spec.password, actor=LOADER, must_change_password=False)
        for given in spec.assignments:
            place = Agency.objects.get(code=given.organisation)
            assign(account.party_id, given.role, place.id, actor=LOADER, valid_from=date(2023, 1, 1))


def vocabularies() -> None:
    """Code tables with their editions."""
    for table in sorted(reader.code_tables(), key=lambda table: (table.code, table.valid_from)):
        adopt_code_table(
            EditionSpec(table.code, table.name, table.version, table.source, table.valid_from, table.standard),
            [CodeSpec(code.value, code.label, code.parent) for code in table.values],
            actor=LOADER,
        )
