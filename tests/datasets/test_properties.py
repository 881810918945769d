"""What holds for whatever anybody puts into a dataset file."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provisioner.access.reader_roles import reader_role
from provisioner.datasets.catalogue import check_files
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import KEYS, KIND_OF_FOLDER, Kind
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.datasets.workload_patterns import AUDIENCE, GUID, SERVICE_ACCOUNT_ID
from provisioner.reading.document import MAX_FILE_BYTES
from provisioner.reading.keys import Type
from provisioner.reading.nodes import NUMBER_OF_YAML_1_2
from provisioner.reading.printable import unfit_character
from provisioner.settings import is_bucket_name
from tests.datasets.cases import EXAMPLES, SETTINGS, TODAY, pull_file, push_file, settings_of

VALID = sorted(EXAMPLES.glob("valid/*/*_datasets/*.yaml"))
KINDS = st.sampled_from(list(Kind))
INDICATORS = st.sampled_from(
    [*"-?:,[]{}#&*!|>'\"%@`~=<", "- ", ": ", "? ", "<<", "---", "...", "&a ", "*a", "!!str ", "!<%1b> ", "|+\n", ">-\n"]
)
ODD = st.sampled_from(
    [
        "\t",
        "\r",
        "\r\n",
        "\n",
        "\x85",
        "\u2028",
        "\u2029",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "\u200b",
        "\ufeff",
        "é",
        "٣",
        "😀",
    ]
)
WORDS = st.sampled_from(
    [
        *("yes", "null", "true", "False", "17", "1e3", "0o7", "2027-03-31", "2027-W01-1", "9999-12-31", "retired"),
        *("visits", "alpha_user_one", "target-bucket"),
        *("arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:root"),
    ]
)
# What an editor leaves behind, and mostly makes no difference.
TRACES = st.sampled_from(
    [" ", "  ", "\t", "\n", "\r\n", "\r", " # ", "#", "'", '"', "-", "_", "0", "x", "é", ".", ",", "\ufeff"]
)
LUMPS = st.one_of(
    INDICATORS, ODD, WORDS, st.text(max_size=8), st.sampled_from(sorted(KEYS[Kind.PUSH] | KEYS[Kind.PULL]))
)


@st.composite
def yaml_like(draw: st.DrawFn) -> bytes:
    """Lines of known and unknown keys with something in the place of values, broken every so often."""
    keys = st.sampled_from([*KEYS[Kind.PUSH], *KEYS[Kind.PULL], "target_bucket", "1", "null", "'name'", '"\\e"', ""])
    values = st.lists(LUMPS, max_size=4).map("".join)
    ends = st.sampled_from(["\n", "\r\n", "\n  - ", "\n\t", " # ", ""])
    lines = draw(st.lists(st.tuples(keys, st.sampled_from([": ", ":", " : ", ":\n  - "]), values, ends), max_size=12))
    text = "".join("".join(line) for line in lines)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


@st.composite
def damaged(draw: st.DrawFn) -> DatasetFile:
    """A right file, with a place or two of it overwritten."""
    path = draw(st.sampled_from(VALID))
    content = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 2))):
        ends = [found.start() for found in re.finditer(b"\r?\n|$", bytes(content))]
        start = draw(st.sampled_from(ends) | st.integers(0, len(content)))
        patch = draw(TRACES.map(str.encode) | TRACES.map(str.encode) | LUMPS.map(str.encode) | st.binary(max_size=4))
        content[start : start + draw(st.sampled_from([0, 0, 0, 1, 4]))] = patch
    return DatasetFile(f"{path.parent.name}/{path.name}", KIND_OF_FOLDER[path.parent.name], bytes(content))


def deep() -> st.SearchStrategy[bytes]:
    """One thing inside another, as often as a file has room for."""
    openings = st.sampled_from(["[", "{", "- ", "? ", "[{", "{a: ", "- ? ", "!a [", "&a [", "((", '"\\'])
    return st.tuples(openings, st.integers(1, MAX_FILE_BYTES)).map(
        lambda pair: (pair[0] * pair[1])[:MAX_FILE_BYTES].encode()
    )


def file_of(kind: Kind, content: bytes) -> DatasetFile:
    return push_file(content) if kind is Kind.PUSH else pull_file(content)


SHAPED = st.builds(file_of, KINDS, yaml_like()) | damaged()
ANYTHING = st.builds(file_of, KINDS, st.binary(max_size=300) | st.text(max_size=300).map(str.encode)) | SHAPED


def assert_problems_serve_the_person(file: DatasetFile) -> None:
    """Nothing raises; each problem has a place and words; the same file has the same problems."""
    checked = check_files([file], SETTINGS, TODAY)
    assert len(checked.catalogue) == (0 if checked.problems else 1)
    assert list(checked.problems) == sorted(checked.problems)
    assert check_files([file], SETTINGS, TODAY) == checked
    lines = [len(line) for line in re.split(b"\r\n|\r|\n", file.content)]
    for problem in checked.problems:
        assert 1 <= problem.place.line <= len(lines) + 1
        width = lines[problem.place.line - 1] if problem.place.line <= len(lines) else 0
        assert 1 <= problem.place.column <= width + 1
        for words in (problem.wrong, problem.instead):
            assert words.strip()
            assert unfit_character(words) is None
            assert len(words) < 400


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
@example(push_file(b"\xef\xbb\xbf\xc3\xa9\xff"))
@example(push_file(b"a: !<%ED%A0%80> x\n"))
@example(push_file(b"a: \xed\xa0\x80\n"))
@example(pull_file(b""))
def test_anything_makes_problems_or_a_dataset_and_never_an_exception(file: DatasetFile) -> None:
    assert_problems_serve_the_person(file)


@settings(max_examples=30, deadline=None)
@given(KINDS, deep())
def test_no_nesting_exhausts_the_reader(kind: Kind, content: bytes) -> None:
    assert_problems_serve_the_person(file_of(kind, content))


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,30}[a-z0-9]", fullmatch=True).filter(
    lambda name: is_bucket_name(SETTINGS.pull_bucket(name)) and not name.endswith("_an") and name != "hub_exports"
)
LINES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=120).filter(
    # PyYAML leaves out the quotes of 0E0, which only YAML 1.2 takes for a number.
    lambda text: text.strip() != "" and not NUMBER_OF_YAML_1_2.fullmatch(text)
)
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "description": LINES,
    "contact": LINES,
    "paperwork": LINES | st.lists(LINES, min_size=1, max_size=3),
    "expires": st.dates(TODAY, datetime.date(9999, 12, 30)) | st.dates(TODAY, datetime.date(2999, 1, 1)).map(str),
    "status": st.sampled_from(["active", "retired"]),
    "sealed": st.booleans(),
}
USERS = st.lists(
    st.from_regex(r"alpha_user_[A-Za-z0-9_-]{1,53}", fullmatch=True), min_size=1, max_size=4, unique_by=str.lower
)
ARNS = st.from_regex(
    r"arn:aws:iam::[0-9]{12}:(role|user)/([A-Za-z0-9_+=,.@-]{1,20}/){0,4}[A-Za-z0-9_+=,.@-]{1,64}", fullmatch=True
)
BUCKETS = st.from_regex(r"[a-ln-z][a-z0-9-]{1,61}[a-z0-9]", fullmatch=True).filter(is_bucket_name)
PUSH_FILES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": NAMES, "users": USERS, "bucket": BUCKETS},
    optional={
        **COMMON,
        # PyYAML leaves out the quotes of 089, which YAML 1.2 takes for a number.
        "bucket_account": st.from_regex(r"[1-9][0-9]{11}", fullmatch=True),
        "keep_files": st.booleans(),
        "kms_key_arn": st.from_regex(r"arn:aws:kms:eu-west-2:[0-9]{12}:key/[a-f0-9-]{1,36}", fullmatch=True),
    },
)
AUDIENCES = st.from_regex(AUDIENCE, fullmatch=True).filter(lambda text: not re.fullmatch(GUID, text))
GUIDS = st.from_regex(GUID, fullmatch=True)


def _entries(*fields: str) -> st.SearchStrategy[list[dict[str, str]]]:
    """A list of entries, of which no two say the same."""
    values = {
        "service_account_id": st.from_regex(SERVICE_ACCOUNT_ID, fullmatch=True),
        "audience": AUDIENCES,
        "tenant": GUIDS,
        "object_id": GUIDS,
    }
    one = st.fixed_dictionaries({field: values[field] for field in fields})
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda entry: tuple(entry.values()))


READERS_OF_FILES = {
    "pull_arns": st.lists(ARNS, min_size=1, max_size=4, unique=True),
    "pull_google": _entries("service_account_id", "audience"),
    "pull_azure": _entries("tenant", "audience", "object_id"),
}
PULL_FILES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": NAMES, "users": USERS},
    optional={**COMMON, **READERS_OF_FILES, "allow_push": st.booleans(), "bucket_versioning": st.booleans()},
).filter(lambda values: not values.keys().isdisjoint(READERS_OF_FILES))


def said_by(dataset: PushDataset | PullDataset) -> dict[str, Any]:
    """What a dataset says, in the words of its file, defaults and all."""
    said: dict[str, Any] = {
        "name": dataset.name,
        "users": list(dataset.users),
        "description": dataset.description,
        "contact": dataset.contact,
        "paperwork": list(dataset.paperwork),
        "expires": dataset.expires,
        "status": "retired" if dataset.retired else "active",
        "sealed": dataset.sealed,
        "export": None if dataset.export is None else dataset.export.source,
    }
    if isinstance(dataset, PushDataset):
        own: dict[str, Any] = {
            "bucket": dataset.bucket,
            "bucket_account": dataset.bucket_account,
            "keep_files": dataset.keep_files,
            "kms_key_arn": dataset.kms_key_arn,
        }
    else:
        arns = [reader.arn for reader in dataset.pull_arns]
        own = {
            "pull_arns": arns,
            "pull_google": [one._asdict() for one in dataset.pull_google],
            "pull_azure": [one._asdict() for one in dataset.pull_azure],
            "allow_push": dataset.allow_push,
            "bucket_versioning": dataset.bucket_versioning,
        }
    return {**said, **own}


def meant_by(values: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """What the values of a file mean, as the table of keys describes them."""
    lists: dict[str, Any] = {
        name: [] for name, key in KEYS[kind].items() if key.type in (Type.TEXTS, Type.TEXT_OR_TEXTS, Type.RECORDS)
    }
    meant = {name: key.default for name, key in KEYS[kind].items()} | lists | values
    meant["export"] = meant["export"] and meant["export"]["source"]
    if isinstance(meant["paperwork"], str):
        meant["paperwork"] = [meant["paperwork"]]
    if isinstance(meant["expires"], str):
        meant["expires"] = datetime.date.fromisoformat(meant["expires"])
    if "pull_azure" in meant:
        meant["pull_azure"] = [
            {**entry, "tenant": entry["tenant"].lower(), "object_id": entry["object_id"].lower()}
            for entry in meant["pull_azure"]
        ]
    return meant


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.tuples(st.just(Kind.PUSH), PUSH_FILES), st.tuples(st.just(Kind.PULL), PULL_FILES)),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_right_is_accepted_however_it_is_written(
    written: tuple[Kind, dict[str, Any]], style: str | None, flow: bool, unicode: bool, line_break: str
) -> None:
    kind, values = written
    # A date or boolean in quotes is a text to another writer: they are written plainly, beside texts in any style.
    plain = {key: value for key, value in values.items() if isinstance(value, (bool, datetime.date))}
    texts = {key: value for key, value in values.items() if key not in plain}
    flow = flow and style not in ("|", ">")
    content = b""
    for part, its_style, its_flow in ((texts, style, flow and not plain), (plain, None, False)):
        if part:
            content += yaml.safe_dump(
                part,
                default_style=its_style,
                default_flow_style=its_flow,
                allow_unicode=unicode,
                line_break=line_break,
                encoding="utf-8",
            )
    name = values["name"]
    checked = check_files(
        [push_file(content, name) if kind is Kind.PUSH else pull_file(content, name)], SETTINGS, TODAY
    )
    past = [problem for problem in checked.problems if problem.rule != "expires-past"]
    assert past == []
    (dataset,) = checked.catalogue
    assert said_by(dataset) == meant_by(values, kind)


def without_final_breaks(value: Any) -> Any:
    """A value as PyYAML reads it, without the line break that ends a block string."""
    if isinstance(value, str):
        return value.removesuffix("\n")
    if isinstance(value, list):
        return [without_final_breaks(item) for item in value]
    if isinstance(value, dict):
        return {key: without_final_breaks(item) for key, item in value.items()}
    return value


def read_by_pyyaml(content: bytes) -> dict[str, Any]:
    # PyYAML's own scanner refuses a tab at the end of a line, which YAML allows; no value of ours has one in it.
    values = yaml.safe_load(content.replace(b"\t", b" "))
    return {key: without_final_breaks(value) for key, value in values.items()}


def assert_sound(dataset: PushDataset | PullDataset) -> None:
    """What a dataset promises to everything that is built on it."""
    assert re.fullmatch("[a-z][a-z0-9_]*", dataset.name)
    assert not dataset.name.endswith("_")
    assert len(SETTINGS.pull_bucket(dataset.name)) <= 63
    assert len(SETTINGS.delivery_role(dataset.name)) <= 64
    assert dataset.users
    assert len({user.lower() for user in dataset.users}) == len(dataset.users)
    assert all(re.fullmatch("alpha_user_[A-Za-z0-9_-]*", user) and len(user) <= 64 for user in dataset.users)
    assert dataset.expires is None or dataset.expires < datetime.date.max
    for text in (dataset.description, dataset.contact, *dataset.paperwork):
        assert text is None or (text.strip() and unfit_character(text) is None)
    if isinstance(dataset, PullDataset):
        assert dataset.pull_arns or dataset.workloads
        assert len(set(dataset.pull_arns)) == len(dataset.pull_arns)
        assert len(set(dataset.workloads)) == len(dataset.workloads)
        for workload in dataset.workloads:
            assert len(reader_role(workload)) <= 64
            assert not set("".join(workload)) & set('*?$ "')
        for reader in dataset.pull_arns:
            assert re.fullmatch("[0-9]{12}", reader.account_id)
            assert reader.arn.startswith(f"arn:aws:iam::{reader.account_id}:{reader.kind}/")
            assert not set(reader.arn) & set("*? ")
    else:
        assert is_bucket_name(dataset.bucket)
        assert not dataset.bucket.startswith("mojap-")


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_whatever_is_accepted_is_sound_and_read_as_any_reader_of_yaml_reads_it(file: DatasetFile) -> None:
    for dataset in check_files([file], SETTINGS, TODAY).catalogue:
        assert_sound(dataset)
        assert said_by(dataset) == meant_by(read_by_pyyaml(file.content), file.kind)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.parts[-3])
def test_every_valid_example_is_read_as_any_reader_of_yaml_reads_it(path: Path) -> None:
    kind = KIND_OF_FOLDER[path.parent.name]
    file = DatasetFile(f"{kind.folder}/{path.name}", kind, path.read_bytes())
    (dataset,) = check_files([file], settings_of(path.parents[1]), TODAY).catalogue
    assert said_by(dataset) == meant_by(read_by_pyyaml(file.content), kind)
