"""YAML text as nodes that know their place; whatever could be misread is a problem, never a guess."""

import codecs
import re
from collections.abc import Callable
from typing import Any, Final

import yaml
from yaml._yaml import CParser  # libyaml: ten times faster than PyYAML's own parser, and in every wheel

from provisioner.reading.nodes import Mapping, Node, Scalar, Sequence, Unreadable, plain_kind
from provisioner.reading.printable import shown
from provisioner.reading.problem import START, Place, Problem, Rule, place_at
from provisioner.reading.simple import simple_mapping

MAX_FILE_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 20

# Line breaks in YAML 1.1 and none in YAML 1.2 and editors; and a byte order mark that is not the file's first
# character, which some readers skip: the same file would say two things.
_DOUBTFUL: Final = re.compile("[\x85\u2028\u2029\ufeff]")
_LINE_BREAK: Final = re.compile("\r\n|\r|\n")


Report = Callable[[Place, Rule, str, str], None]


def read_document(content: bytes, file: str, problems: list[Problem]) -> Mapping | None:
    """The mapping that a file's bytes hold, or None where there is none to go on with.

    Whatever is wrong is appended to `problems`; a mapping may be returned beside problems, and is then
    what could be read of the file.
    """

    def report(place: Place, rule: Rule, wrong: str, instead: str) -> None:
        problems.append(Problem(file, place, rule, wrong, instead))

    if len(content) > MAX_FILE_BYTES:
        report(
            START,
            Rule.FILE_SIZE,
            f"the file has more than {MAX_FILE_BYTES:,} bytes",
            "a dataset file is a screenful; split it into several datasets",
        )
        return None
    encoded = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = encoded.decode("utf-8")
    except UnicodeDecodeError as error:
        readable = encoded[: error.start].decode("utf-8")
        report(
            place_in(readable, len(readable)),
            Rule.FILE_ENCODING,
            f"byte 0x{encoded[error.start]:02x} is not UTF-8",
            "save the file as UTF-8",
        )
        return None
    if (simple := simple_mapping(text)) is not None:
        return simple
    if doubtful := _DOUBTFUL.search(text):
        report(
            place_in(text, doubtful.start()),
            Rule.YAML_SYNTAX,
            f"readers of YAML disagree on the character U+{ord(doubtful.group()):04X}",
            "remove it; for a new line, press Enter",
        )
        return None
    return _Builder(report).build(text)


def place_in(text: str, offset: int) -> Place:
    """The line and column of the character at `offset`."""
    lines = _LINE_BREAK.split(text[:offset])
    return Place(len(lines), len(lines[-1]) + 1)


class _Builder:
    """Builds nodes from the parser's events with a stack of its own, so that no depth can exhaust Python's."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def build(self, text: str) -> Mapping | None:
        parser: Any = CParser(text)
        root: Node | None = None
        try:
            parser.get_event()  # the start of the stream
            event = parser.get_event()
            while not isinstance(event, yaml.StreamEndEvent):
                if root is not None:
                    self._report(
                        _place(event),
                        Rule.YAML_DOCUMENTS,
                        "a second document begins here",
                        "keep one dataset in one file, and remove this '---'",
                    )
                    break
                root = self._node(parser.get_event)
                if root is None:
                    return None
                parser.get_event()  # the end of the document
                event = parser.get_event()
        except yaml.MarkedYAMLError as error:
            self._report_syntax(error, text)
            return None
        except yaml.reader.ReaderError as error:
            self._report_character(error, text)
            return None
        except UnicodeDecodeError:  # a tag whose %-escapes are no characters; the parser does not say where
            self._report(START, Rule.YAML_TAG, "a tag in this file is not UTF-8", "remove it; tags begin with '!'")
            return None
        return self._mapping(root)

    def _mapping(self, root: Node | None) -> Mapping | None:
        if isinstance(root, Mapping):
            return root
        if root is None or (isinstance(root, Scalar) and plain_kind(root) == "nothing"):
            self._report(START, Rule.YAML_EMPTY, "the file is empty", "write lines of the form 'key: value'")
        elif not isinstance(root, Unreadable):
            held = "a list" if isinstance(root, Sequence) else "a single value"
            self._report(
                root.place, Rule.YAML_MAPPING, f"the file holds {held}", "write lines of the form 'key: value'"
            )
        return None

    def _node(self, get_event: Callable[[], Any]) -> Node | None:
        """The node that begins with the next event; None where nesting is too deep to go on."""
        stack: list[Sequence | Mapping] = []
        keys: list[Scalar | Unreadable | None] = []  # for each open mapping, the key that waits for its value
        while True:
            event = get_event()
            kind = type(event)
            node: Node
            if kind is yaml.ScalarEvent:
                node = self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                place = _place(event)
                if len(stack) == MAX_DEPTH:
                    self._report(
                        place,
                        Rule.YAML_DEPTH,
                        f"the nesting is deeper than {MAX_DEPTH} levels",
                        "a dataset file needs two",
                    )
                    return None
                self._refuse_decoration(event)
                stack.append(Mapping(place) if kind is yaml.MappingStartEvent else Sequence(place))
                keys.append(None)
                continue
            elif kind is yaml.AliasEvent:
                node = self._alias(event)
            else:  # the end of a sequence or mapping
                node = stack.pop()
                keys.pop()
            if not stack:
                return node
            keys[-1] = self._add(stack[-1], keys[-1], node)

    def _add(
        self, parent: Sequence | Mapping, key: Scalar | Unreadable | None, node: Node
    ) -> Scalar | Unreadable | None:
        """Put `node` into `parent`; what comes back is the key that now waits for its value, if any."""
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return None
        if key is None:
            return self._key(node)
        if isinstance(key, Unreadable):
            return None
        if key.text in parent.entries:
            first = parent.entries[key.text][0]
            self._report(
                key.place,
                Rule.YAML_DUPLICATE_KEY,
                f"the key '{shown(key.text)}' already stands in line {first.line}",
                "remove one of the two",
            )
        else:
            parent.entries[key.text] = (key.place, node)
        return None

    def _key(self, node: Node) -> Scalar | Unreadable:
        if isinstance(node, Scalar):
            if node.plain and node.text == "<<":
                self._report(node.place, Rule.YAML_MERGE, "'<<' merges another mapping", "write the keys out")
                return Unreadable(node.place)
            return node
        if not isinstance(node, Unreadable):
            self._report(node.place, Rule.YAML_KEY, "a key is not a plain word", "write 'key: value'")
        return Unreadable(node.place)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar | Unreadable:
        place = _place(event)
        if (event.anchor is not None or event.tag is not None) and self._refuse_decoration(event):
            return Unreadable(place)
        # A block string ends in a line break that nobody means.
        plain = not event.style
        text: str = event.value
        return Scalar(text.removesuffix("\n") if event.style in ("|", ">") else text, plain, place)

    def _alias(self, event: yaml.AliasEvent) -> Unreadable:
        place = _place(event)
        self._report(
            place,
            Rule.YAML_ALIAS,
            f"'*{shown(str(event.anchor))}' is an alias",
            "write the value out, or quote it if it is text",
        )
        return Unreadable(place)

    def _refuse_decoration(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> bool:
        """Report an anchor or a tag; True if the value it stands on cannot be taken as written."""
        if event.anchor is not None:
            self._report(
                _place(event),
                Rule.YAML_ALIAS,
                f"'&{shown(event.anchor)}' is an anchor",
                "remove it, or quote the value if it is text",
            )
        if event.tag is not None:
            self._report(
                _place(event),
                Rule.YAML_TAG,
                f"the value carries the tag '{shown(event.tag)}'",
                "remove the tag, or quote the value if it is text",
            )
            return True
        return False

    def _report_syntax(self, error: yaml.MarkedYAMLError, text: str) -> None:
        context, problem = error.context or "", error.problem or "it ends too soon"
        mark: Any = error.problem_mark or error.context_mark
        opened: Any = error.context_mark
        quoted = "quoted scalar" in context and problem.startswith("found unexpected")
        if quoted or (context.startswith("while parsing a flow") and mark.line > opened.line):
            # The parser runs on to where nothing fits any more; what is left open is what must be mended.
            problem = f"{problem} in line {mark.line + 1}"
            mark = opened
        place = Place(mark.line + 1, mark.column + 1) if mark else START
        lines = _LINE_BREAK.split(text)
        if not quoted and (slip := _slip(lines, place.line)):
            place, advice = slip
            self._report(place, Rule.YAML_SYNTAX, f"this is not YAML: {shown(problem)}", advice)
            return
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        advice = "close the quotation mark" if quoted else _syntax_advice(line, place.column, context, problem)
        self._report(place, Rule.YAML_SYNTAX, f"this is not YAML: {shown(problem)}", advice)

    def _report_character(self, error: yaml.reader.ReaderError, text: str) -> None:
        found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
        place = place_in(text, found.start()) if found else START
        character = f"U+{ord(found.group()):04X}" if found else str(error.reason)
        self._report(place, Rule.YAML_SYNTAX, f"the character {character} is not allowed in YAML", "remove it")


def _place(event: yaml.Event) -> Place:
    mark: Any = event.start_mark
    return place_at(mark.line + 1, mark.column + 1)


_NO_SPACE_AFTER_COLON: Final = re.compile(r"\s*(?:- +)?([A-Za-z_]+):(?=[^\s:/])(.*)")
_NO_SPACE_AFTER_DASH: Final = re.compile(r"\s*(-)(?=[^\s-])(.*)")
_NO_COLON: Final = re.compile(r"([a-z_]+) +[^\s:]+\s*")


def _slip(lines: list[str], last: int) -> tuple[Place, str] | None:
    """A space or colon that was forgotten in line `last` or the one above: the parser only notices later."""
    for number in range(max(last - 1, 1), min(last, len(lines)) + 1):
        line = lines[number - 1]
        if slip := _NO_SPACE_AFTER_COLON.match(line):
            return Place(number, slip.start(1) + 1), f"put a space after the colon: '{slip[1]}: {shown(slip[2])}'"
        if slip := _NO_SPACE_AFTER_DASH.match(line):
            return Place(number, slip.start(1) + 1), f"put a space after the dash: '- {shown(slip[2])}'"
        if slip := _NO_COLON.fullmatch(line):
            return Place(number, 1), f"put a colon and a space after '{shown(slip[1])}'"
    return None


def _syntax_advice(line: str, column: int, context: str, problem: str) -> str:
    """What to write instead, guessed from the error and the line where the parser gave up."""
    if "quoted scalar" in context:
        return "put the value in single quotes: in double quotes a backslash begins an escape"
    if context.startswith("while parsing a flow"):
        return "put commas between the items in brackets, and close the bracket"
    if "\t" in line[: max(column, len(line) - len(line.lstrip()))]:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in problem:
        return "put a value that contains ': ' in quotes, and begin each key at the start of a line of its own"
    if line.startswith("%"):
        return "remove this line"
    if line[column - 1 : column] in ("@", "`", "%"):
        return "put the value in quotes"
    return "check the quotes and the indentation of this line and of the one above"
