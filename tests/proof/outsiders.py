"""Attackers who hold a genuine bundle and no key: they can only move bytes about."""

import io
import random
import struct
import zipfile

from tests.proof.attack import Arsenal, Attack, genuine, names, pick
from tests.proof.bundle_world import OLD_SIZE, SIZE, Members, World, member_info, members_of, pack
from tulou.trust.bundle import known_checkpoint
from tulou.trust.canonical import canonical, parse

attack = Arsenal()


def _other_record(world: World, rng: random.Random) -> bytes:
    """A genuine record of this log that the attacked bundle does not hold."""
    members = members_of(world.build([rng.choice(world.others)]))
    return dict(members)["records/000001.json"]


def _replace(members: Members, at: int, data: bytes) -> Members:
    return [*members[:at], (members[at][0], data), *members[at + 1 :]]


# ---- changed bytes ----


def _owner(data: bytes, offset: int) -> str:
    """The member whose header or content this byte belongs to; none for the end record."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        start = archive.start_dir
    for info in infos:
        if info.header_offset <= offset < info.header_offset + 30 + len(info.filename) + info.file_size:
            return info.filename
    for info in infos:
        if start <= offset < start + 46 + len(info.filename):
            return info.filename
        start += 46 + len(info.filename)
    return ""


@attack("changed-bytes")
def flip_any_byte(world: World, rng: random.Random) -> Attack:
    """One to eight bits of one byte anywhere in the archive, headers and directory included."""
    data = bytearray(pack(genuine(world, rng)))
    offset = rng.randrange(len(data))
    owner = _owner(bytes(data), offset)
    data[offset] ^= rng.randint(1, 255)
    return Attack(bytes(data), names(owner, "changed", "archive", "forged", "malformed", "deleted"))


@attack("changed-bytes")
def overwrite_a_run(world: World, rng: random.Random) -> Attack:
    """Several neighbouring bytes of one member's content, its checksum put right afterwards."""
    members = genuine(world, rng)
    at = rng.randrange(len(members))
    data = bytearray(members[at][1])
    start = rng.randrange(len(data))
    for offset in range(start, min(start + rng.randint(1, 12), len(data))):
        data[offset] ^= rng.randint(1, 255)
    changed = pack(_replace(members, at, bytes(data)))
    return Attack(changed, names(members[at][0], "changed", "forged", "malformed", "unknown-key"))


@attack("changed-bytes")
def edit_a_fact(world: World, rng: random.Random) -> Attack:
    """A leaf's own words, rewritten in good form."""
    members = genuine(world, rng)
    at = pick(members, rng)
    record = parse(members[at][1])
    edit = rng.choice(["rows", "kind", "at", "subjects"])
    if edit == "rows":
        record["leaf"]["data"]["rows"] += rng.randint(1, 9)
    elif edit == "subjects":
        record["leaf"]["subjects"].append("grant:999")
    else:
        record["leaf"][edit] = {"kind": "sharing.item.refuse", "at": "2026-01-01T00:00:00.000000+00:00"}[edit]
    return Attack(pack(_replace(members, at, canonical(record))), names(members[at][0], "changed"))


@attack("changed-bytes")
def insert_or_remove_a_byte(world: World, rng: random.Random) -> Attack:
    """A member one byte longer or shorter."""
    members = genuine(world, rng)
    at = rng.randrange(len(members))
    name, data = members[at]
    cut = rng.randrange(len(data))
    changed = data[:cut] + rng.choice([b"", rng.randbytes(1) + data[cut : cut + 1]]) + data[cut + 1 :]
    return Attack(pack(_replace(members, at, changed)), names(name, "changed", "forged", "malformed", "unknown-key"))


@attack("changed-bytes")
def respell_the_json(world: World, rng: random.Random) -> Attack:
    """The same value in another spelling."""
    members = genuine(world, rng)
    at = rng.choice([at for at, (name, _) in enumerate(members) if name.endswith(".json")])
    data = rng.choice([b" " + members[at][1], members[at][1] + b"\n", members[at][1].replace(b":", b": ", 1)])
    if data == members[at][1]:
        data += b" "
    return Attack(pack(_replace(members, at, data)), names(members[at][0], "changed", "malformed"))


# ---- deleted, reordered, repeated ----


@attack("deleted")
def drop_members(world: World, rng: random.Random) -> Attack:
    """One to three members gone."""
    members = genuine(world, rng)
    gone = set(rng.sample([name for name, _ in members], rng.randint(1, 3)))
    kept = [member for member in members if member[0] not in gone]
    # Without its manifest a bundle does not say what else it should hold.
    missed = "manifest.json" if "manifest.json" in gone else rng.choice(sorted(gone))
    return Attack(pack(kept), names(missed, "deleted"))


@attack("deleted")
def drop_a_record(world: World, rng: random.Random) -> Attack:
    """One record gone, those after it moved up so that the numbers have no gap."""
    members = genuine(world, rng)
    at = pick(members, rng)
    moved = [*(data for _, data in members[at + 1 :])]
    kept = [*members[:at], *((members[at + i][0], data) for i, data in enumerate(moved))]
    return Attack(pack(kept), names(members[at][0], "deleted"))


@attack("reordered")
def swap_two_records(world: World, rng: random.Random) -> Attack:
    """Two records in each other's place."""
    members = genuine(world, rng)
    first, second = rng.sample([at for at, (name, _) in enumerate(members) if name.startswith("records/")], 2)
    swapped = _replace(_replace(members, first, members[second][1]), second, members[first][1])
    return Attack(pack(swapped), names(members[rng.choice([first, second])][0], "reordered"))


@attack("reordered")
def move_a_member(world: World, rng: random.Random) -> Attack:
    """The members are whole, their order in the archive is not."""
    members = genuine(world, rng)
    shuffled = members
    while shuffled == members:
        shuffled = rng.sample(members, len(members))
    first = next(at for at, member in enumerate(shuffled) if member != members[at])
    return Attack(pack(shuffled), names(shuffled[first][0], "reordered"))


@attack("repeated")
def copy_under_a_new_name(world: World, rng: random.Random) -> Attack:
    """A record once more, as if it were another act."""
    members = genuine(world, rng)
    name = f"records/{len(members):06d}.json"
    return Attack(pack([*members, (name, members[pick(members, rng)][1])]), names(name, "repeated"))


@attack("repeated")
def copy_over_another(world: World, rng: random.Random) -> Attack:
    """A record in the place of another one."""
    members = genuine(world, rng)
    first, second = rng.sample([at for at, (name, _) in enumerate(members) if name.startswith("records/")], 2)
    return Attack(pack(_replace(members, first, members[second][1])), names(members[first][0], "repeated"))


@attack("repeated")
def two_members_of_one_name(world: World, rng: random.Random) -> Attack:
    """A name twice, so that two readers may see two different things."""
    members = genuine(world, rng)
    at = rng.randrange(len(members))
    data = rng.choice([members[at][1], _other_record(world, rng)])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, body in [*members[: at + 1], *members[at + 1 :]]:
            archive.writestr(member_info(name), body)
        info = member_info("x" * len(members[at][0]))
        archive.writestr(info, data)
    twice = target.getvalue().replace(info.filename.encode(), members[at][0].encode())
    return Attack(twice, names(members[at][0], "repeated"))


# ---- spliced, older checkpoint ----


@attack("spliced")
def record_from_another_bundle(world: World, rng: random.Random) -> Attack:
    """A genuine record of another bundle of the same log, in the place of one."""
    members = genuine(world, rng)
    at = pick(members, rng)
    return Attack(pack(_replace(members, at, _other_record(world, rng))), names(members[at][0], "spliced"))


@attack("spliced")
def record_added_from_another_bundle(world: World, rng: random.Random) -> Attack:
    """A genuine record of another bundle, added."""
    members = genuine(world, rng)
    name = f"records/{len(members):06d}.json"
    return Attack(pack([*members, (name, _other_record(world, rng))]), names(name, "spliced"))


@attack("spliced")
def promise_from_another_record(world: World, rng: random.Random) -> Attack:
    """A genuine promise, of another leaf."""
    members = genuine(world, rng)
    at = pick(members, rng)
    record = parse(members[at][1])
    record["promise"] = parse(_other_record(world, rng))["promise"]
    return Attack(pack(_replace(members, at, canonical(record))), names(members[at][0], "spliced"))


@attack("spliced")
def checkpoint_from_another_bundle(world: World, rng: random.Random) -> Attack:
    """The neighbour's genuine checkpoint."""
    members = genuine(world, rng)
    point = canonical({"token": world.other_log.checkpoint(rng.choice([SIZE, SIZE - 1, OLD_SIZE])).token})
    at = next(at for at, (name, _) in enumerate(members) if name == "checkpoint.json")
    return Attack(pack(_replace(members, at, point)), names("checkpoint.json", "spliced"))


@attack("spliced")
def manifest_from_another_bundle(world: World, rng: random.Random) -> Attack:
    """The whole manifest of another genuine bundle over these records."""
    members = genuine(world, rng)
    other = members_of(world.build(rng.sample(world.others, len(members) - 4)))
    return Attack(pack([other[0], *members[1:]]), names(members[pick(members, rng)][0], "spliced"))


@attack("older-checkpoint")
def older_checkpoint(world: World, rng: random.Random) -> Attack:
    """A genuine checkpoint of the same log, from before."""
    members = genuine(world, rng)
    size = rng.randrange(1, SIZE)
    at = next(at for at, (name, _) in enumerate(members) if name == "checkpoint.json")
    point = canonical({"token": world.log.checkpoint(size).token})
    return Attack(pack(_replace(members, at, point)), names("checkpoint.json", "stale-checkpoint"))


@attack("older-checkpoint")
def whole_older_bundle(world: World, rng: random.Random) -> Attack:
    """A genuine bundle of long ago, shown to a reader who knows a later checkpoint."""
    old = world.build(rng.sample(world.picked, 3), rng.randint(OLD_SIZE, SIZE - 1))
    known = parse(known_checkpoint(world.log.checkpoint(SIZE)))
    return Attack(old, names("checkpoint.json", "stale-checkpoint"), known=known)


# ---- the archive's form ----


@attack("archive-form")
def trailing_or_leading_bytes(world: World, rng: random.Random) -> Attack:
    """Bytes before the archive, after it, or as its comment."""
    data, extra = pack(genuine(world, rng)), rng.randbytes(rng.randint(1, 40))
    comment = data[:-2] + struct.pack("<H", len(extra)) + extra
    changed = rng.choice([data + extra, data + data, extra + data, comment])
    return Attack(changed, names("", "archive") | names("manifest.json", "archive"))


@attack("archive-form")
def slack_between_members(world: World, rng: random.Random) -> Attack:
    """Bytes hidden between two members, every offset put right."""
    members = genuine(world, rng)
    at = rng.randrange(1, len(members))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for place, (name, data) in enumerate(members):
            if place == at:
                target.write(rng.randbytes(rng.randint(1, 30)))
                archive.start_dir = target.tell()
            archive.writestr(member_info(name), data)
    return Attack(target.getvalue(), names(members[at][0], "archive"))


@attack("archive-form")
def another_form_of_member(world: World, rng: random.Random) -> Attack:
    """A member compressed, dated, with extra fields, a comment, other rights or another system."""
    members = genuine(world, rng)
    at = rng.randrange(len(members))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for place, (name, data) in enumerate(members):
            info = member_info(name)
            if place == at:
                _disfigure(info, rng)
            archive.writestr(info, data)
    return Attack(target.getvalue(), names(members[at][0], "archive"))


def _disfigure(info: zipfile.ZipInfo, rng: random.Random) -> None:
    way = rng.choice(["deflate", "date", "extra", "comment", "rights", "system", "version"])
    if way == "deflate":
        info.compress_type = zipfile.ZIP_DEFLATED
    elif way == "date":
        info.date_time = (2026, rng.randint(1, 12), 1, 0, 0, 0)
    elif way == "extra":
        info.extra = struct.pack("<HH", 0xCAFE, 4) + rng.randbytes(4)
    elif way == "comment":
        info.comment = rng.randbytes(rng.randint(1, 9))
    elif way == "rights":
        info.external_attr = 0o777 << 16
    elif way == "system":
        info.create_system = 0
    else:
        info.create_version = info.extract_version = 45


@attack("archive-form")
def unlisted_member(world: World, rng: random.Random) -> Attack:
    """A file that the manifest does not name."""
    members = genuine(world, rng)
    name = rng.choice(["extra.txt", "records/", "../evil", "index2.txt", "manifest.json.bak", "说明.txt"])
    spot = rng.randint(1, len(members))
    return Attack(pack([*members[:spot], (name, rng.randbytes(9)), *members[spot:]]), names(name, "unlisted"))


@attack("archive-form")
def truncated(world: World, rng: random.Random) -> Attack:
    """The archive cut short."""
    data = pack(genuine(world, rng))
    return Attack(data[: rng.randrange(len(data))], names("", "archive"))
