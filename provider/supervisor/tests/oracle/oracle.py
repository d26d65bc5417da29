"""Decide with z3 whether a namespace is closed by distributed firewall rules.

Reads one case (JSON) per line from standard input and prints one line of
verdicts per case.  With --check it judges lists of openings instead.
The semantics are those of SEMANTICS.md.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import re
import sys
from typing import Any, Iterable, Iterator, NamedTuple, Union

import z3  # type: ignore[import-untyped]

Json = dict[str, Any]
Expr = Union[bool, z3.BoolRef]
Ranges = list[tuple[int, int]]

MEMBER = "member"
REMOTE = "remote"
OBJECTS = ("Segment", "SegmentPort", "VirtualMachine")
OWN_SCOPES = ("ncp/cluster", "ncp/project", "ncp/project_uid",
              "ncp/vif_project", "ncp/vif_project_uid")
TAG_OPERATORS = ("EQUALS", "STARTSWITH", "ENDSWITH", "CONTAINS")
# What is sent there is received by many, though it is nobody's address.
MANY = ["224.0.0.0/4", "255.255.255.255"]
CATEGORIES = ("Emergency", "Infrastructure", "Environment", "Application")
DEFAULT_SECTION = ("/infra/domains/default/security-policies/"
                   "default-layer3-section")
WITH_PORTS = (6, 17, 132)
WITH_TYPES = (1, 58)
TOP4 = 2 ** 32 - 1
TOP6 = 2 ** 128 - 1

COMMON_FIELDS = frozenset(
    "id path parent_path relative_path unique_id realization_id owner_id "
    "origin_site_id remote_path overridden marked_for_delete resource_type "
    "display_name description tags children".split())
RULE_FIELDS = COMMON_FIELDS | frozenset(
    "action direction sequence_number source_groups destination_groups "
    "sources_excluded destinations_excluded services service_entries scope "
    "profiles disabled logged ip_protocol tag notes rule_id "
    "is_default".split())
POLICY_FIELDS = COMMON_FIELDS | frozenset(
    "category sequence_number internal_sequence_number scope rules rule_count "
    "scheduler_path stateful tcp_strict locked lock_modified_by "
    "lock_modified_time comments is_default connectivity_strategy "
    "logging_enabled default_rule_id".split())
GROUP_FIELDS = COMMON_FIELDS | frozenset(
    "expression extended_expression group_type state reference".split())


# Boolean expressions: Python's constants are folded away.  They are made by
# z3's functions of the lower level, as checks of sorts would take most time.

CONTEXT = z3.main_ctx()
BOOL = z3.BoolSort()


def listed_asts(parts: list[z3.BoolRef]) -> Any:
    return (z3.Ast * len(parts))(*(part.ast for part in parts))


def variable(name: str) -> z3.BoolRef:
    symbol = z3.Z3_mk_string_symbol(CONTEXT.ref(), name)
    return z3.BoolRef(z3.Z3_mk_const(CONTEXT.ref(), symbol, BOOL.ast),
                      CONTEXT)


def all_of(parts: Iterable[Expr]) -> Expr:
    kept: list[z3.BoolRef] = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else True
    return z3.BoolRef(z3.Z3_mk_and(CONTEXT.ref(), len(kept),
                                   listed_asts(kept)), CONTEXT)


def any_of(parts: Iterable[Expr]) -> Expr:
    kept: list[z3.BoolRef] = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else False
    return z3.BoolRef(z3.Z3_mk_or(CONTEXT.ref(), len(kept),
                                  listed_asts(kept)), CONTEXT)


def negate(part: Expr) -> Expr:
    if isinstance(part, bool):
        return not part
    return z3.BoolRef(z3.Z3_mk_not(CONTEXT.ref(), part.ast), CONTEXT)


def implies(first: Expr, second: Expr) -> Expr:
    return any_of([negate(first), second])


def same(first: z3.BoolRef, second: Expr) -> Expr:
    if isinstance(second, bool):
        return first if second else negate(first)
    return z3.BoolRef(z3.Z3_mk_iff(CONTEXT.ref(), first.ast, second.ast),
                      CONTEXT)


def as_z3(part: Expr) -> z3.BoolRef:
    return z3.BoolVal(part) if isinstance(part, bool) else part


class Match(NamedTuple):
    """Where something holds for certain, and where it may hold."""

    must: Expr
    may: Expr


EVERYBODY = Match(True, True)
NOBODY = Match(False, False)
DOUBTFUL = Match(False, True)


def exact(expr: Expr) -> Match:
    return Match(expr, expr)


def union(parts: Iterable[Match]) -> Match:
    listed = list(parts)
    return Match(any_of(p.must for p in listed),
                 any_of(p.may for p in listed))


def meet(parts: Iterable[Match]) -> Match:
    listed = list(parts)
    return Match(all_of(p.must for p in listed),
                 all_of(p.may for p in listed))


def complement(part: Match) -> Match:
    return Match(negate(part.may), negate(part.must))


# Texts of the rule base.

class Addresses(NamedTuple):
    version: int
    first: int
    last: int


def parse_addresses(text: Any) -> Addresses | None:
    """An address, a CIDR or a range; None if it is none of these."""
    if not isinstance(text, str):
        return None
    try:
        if "-" in text:
            low, high = (ipaddress.ip_address(part.strip())
                         for part in text.split("-"))
            if low.version != high.version or int(low) > int(high):
                return None
            return Addresses(low.version, int(low), int(high))
        if "/" in text:
            net = ipaddress.ip_network(text, strict=False)
            return Addresses(net.version, int(net.network_address),
                             int(net.broadcast_address))
        one = ipaddress.ip_address(text)
        return Addresses(one.version, int(one), int(one))
    except ValueError:
        return None


def parse_ports(text: Any) -> tuple[int, int] | None:
    found = re.fullmatch(r"([0-9]+)(?:-([0-9]+))?", str(text))
    if found is None:
        return None
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    return (first, last) if first <= last <= 65535 else None


def split_tag(value: str) -> tuple[str, str]:
    """Scope and tag of a condition's value; an empty scope is any scope."""
    if "|" not in value:
        return "", value
    scope, _, tag = value.partition("|")
    return scope, tag


def segment_of(path: str) -> str | None:
    """The segment of a segment's or a port's path."""
    found = re.fullmatch(r"(.*/segments/[^/]+)(/ports/[^/]+)?", path)
    return found[1] if found else None


def unknown_fields(item: Json, known: frozenset[str]) -> bool:
    return any(not name.startswith("_") and name not in known
               for name in item)


class Line:
    """A number from 0 to top, known by how it compares to some bounds."""

    def __init__(self, name: str, top: int) -> None:
        self.name = name
        self.top = top
        self.bounds: dict[int, z3.BoolRef] = {}

    def at_most(self, bound: int) -> Expr:
        if bound < 0:
            return False
        if bound >= self.top:
            return True
        if bound not in self.bounds:
            self.bounds[bound] = variable(f"{self.name} <= {bound}")
        return self.bounds[bound]

    def within(self, first: int, last: int) -> Expr:
        return all_of([negate(self.at_most(first - 1)), self.at_most(last)])

    def in_any(self, ranges: Iterable[tuple[int, int]]) -> Expr:
        return any_of(self.within(a, b) for a, b in ranges)

    def axioms(self) -> Iterator[Expr]:
        ordered = sorted(self.bounds)
        for lower, upper in zip(ordered, ordered[1:]):
            yield implies(self.bounds[lower], self.bounds[upper])

    def value(self, model: z3.ModelRef) -> int:
        low = 0
        for bound in sorted(self.bounds):
            if holds(model, self.bounds[bound]):
                return low
            low = bound + 1
        return low


def holds(model: z3.ModelRef, expr: Expr) -> bool:
    if isinstance(expr, bool):
        return expr
    return bool(z3.is_true(model.eval(expr, model_completion=True)))


class Tag(NamedTuple):
    scope: str
    value: str


class TagCondition(NamedTuple):
    """Whether one of an object's tags is such; scope "" is any scope."""

    operator: str
    scope: str
    value: str

    def holds_for(self, tag: Tag) -> bool:
        if self.scope not in ("", tag.scope):
            return False
        if self.operator == "EXISTS":
            return True
        if self.operator == "EQUALS":
            return tag.value == self.value
        if self.operator == "OTHER":
            return tag.value != self.value
        if self.operator == "STARTSWITH":
            return tag.value.startswith(self.value)
        if self.operator == "ENDSWITH":
            return tag.value.endswith(self.value)
        if self.operator == "CONTAINS":
            return self.value in tag.value
        raise ValueError(f"unknown operator {self.operator}")


def witnesses(conditions: Iterable[TagCondition]) -> list[Tag]:
    """Tags that suffice to make every possible combination of conditions.

    A combination is possible if each condition that holds has a tag of its
    own that brings about no condition that does not hold.  Take such a tag.
    If its value is the text of an EQUALS or OTHER, it is listed here (a scope
    no condition names is as good as any other such scope).  If not, it
    differs from all these texts, and so does the condition's own text
    padded with a character that is in no text; the padded text has only the
    prefixes, suffixes and parts that the condition itself implies.
    """
    listed = list(conditions)
    used = "".join(c.scope + c.value for c in listed)
    pad = next(chr(n) for n in range(0x7e, 0x10000)
               if n not in range(0x7f, 0xa1) and chr(n) not in used)
    scopes = sorted({c.scope for c in listed if c.scope}) + [pad]
    found: dict[Tag, None] = {}
    for condition in listed:
        if condition.operator in ("EQUALS", "OTHER"):
            for scope in scopes:
                found[Tag(scope, condition.value)] = None
        if condition.operator == "EQUALS":
            continue
        value = {"EXISTS": pad, "OTHER": pad,
                 "STARTSWITH": condition.value + pad,
                 "ENDSWITH": pad + condition.value,
                 "CONTAINS": pad + condition.value + pad}[condition.operator]
        for scope in [condition.scope] if condition.scope else scopes:
            found[Tag(scope, value)] = None
    return list(found)


class Space:
    """All packets of one direction, as propositional variables.

    What is asked of an address, a port or an object is noted when it is
    asked; axioms() then says how the answers depend on one another.
    """

    def __init__(self, case: Json, direction: str) -> None:
        self.direction = direction
        self.namespace: Json = case["namespace"]
        self.subnets = self._nets(case.get("subnets"))
        self.pod_blocks = self._nets(case.get("pod_blocks"))
        self.others = self._nets(case.get("others"))
        self.many = self._nets(MANY if direction == "in" else [])
        self.is_v4 = variable("family IPv4")
        self.is_pod = variable("member is a pod")
        self.attached = variable("remote ATTACHED")
        self.machines = {end: variable(f"{end} MACHINE")
                         for end in (MEMBER, REMOTE)}
        self.protocol = Line("protocol", 255)
        self.from_port = Line("from", 65535)
        self.to_port = Line("to", 65535)
        self.lines = {(end, version): Line(f"{end} IPv{version}", top)
                      for end in (MEMBER, REMOTE)
                      for version, top in ((4, TOP4), (6, TOP6))}
        self.tag_atoms: dict[tuple[str, str],
                             dict[TagCondition, z3.BoolRef]] = {
            (end, kind): {} for end in (MEMBER, REMOTE) for kind in OBJECTS}
        self.path_atoms: dict[str, dict[str, z3.BoolRef]] = {
            MEMBER: {}, REMOTE: {}}
        self.carried: dict[tuple[str, str], dict[Tag, Expr]] = {}

    @staticmethod
    def _nets(texts: list[str] | None) -> list[Addresses]:
        nets = []
        for text in texts or []:
            net = parse_addresses(text)
            if net is None:
                raise ValueError(f"not an address range: {text}")
            nets.append(net)
        return nets

    # Questions about a packet.

    def address_in(self, end: str, ranges: Iterable[Addresses]) -> Expr:
        by_version: dict[int, list[Expr]] = {4: [], 6: []}
        for part in ranges:
            line = self.lines[end, part.version]
            by_version[part.version].append(
                line.within(part.first, part.last))
        return any_of([
            all_of([self.is_v4, any_of(by_version[4])]),
            all_of([negate(self.is_v4), any_of(by_version[6])])])

    def is_attached(self, end: str) -> Expr:
        return True if end == MEMBER else self.attached

    def is_there(self, end: str, kind: str) -> Expr:
        if kind == "VirtualMachine":
            return self.machines[end]
        return self.is_attached(end)

    def tag(self, end: str, kind: str, operator: str, scope: str,
            value: str) -> Expr:
        if value == "":
            operator = "EXISTS"
        condition = TagCondition(operator, scope, value)
        atoms = self.tag_atoms[end, kind]
        if condition not in atoms:
            atoms[condition] = variable(
                f"{end} {kind} {operator} {scope}|{value}")
        return atoms[condition]

    def path(self, end: str, path: str) -> Expr:
        atoms = self.path_atoms[end]
        segment = segment_of(path)
        assert segment is not None
        for name in (segment, path):
            if name not in atoms:
                atoms[name] = variable(f"{end} PATH {name}")
        return atoms[path]

    def atom(self, name: str) -> Expr:
        """The atom of a textual name."""
        end, _, rest = name.partition(" ")
        if end not in (MEMBER, REMOTE):
            raise ValueError(f"unknown end in {name}")
        if rest == "ATTACHED":
            return self.is_attached(end)
        if rest == "MACHINE":
            return self.machines[end]
        kind, _, rest = rest.partition(" ")
        if kind == "PATH" and segment_of(rest):
            return self.path(end, rest)
        operator, _, value = rest.partition(" ")
        if kind not in OBJECTS or operator not in TAG_OPERATORS + (
                "EXISTS", "OTHER"):
            raise ValueError(f"unknown atom {name}")
        return self.tag(end, kind, operator, *split_tag(value))

    # What holds for every packet.

    def axioms(self) -> list[z3.BoolRef]:
        found: list[Expr] = [
            self._ports_fit(), self._addresses_fit(), self._is_no_member(),
            implies(self.machines[REMOTE], self.attached)]
        for (end, kind), atoms in self.tag_atoms.items():
            found += self._tag_axioms(end, kind, atoms)
        for end in (MEMBER, REMOTE):
            found += self._path_axioms(end)
        for line in [self.protocol, self.from_port, self.to_port,
                     *self.lines.values()]:
            found += line.axioms()
        return [as_z3(expr) for expr in found]

    def has_ports(self) -> Expr:
        return self.protocol.in_any((n, n) for n in WITH_PORTS)

    def has_types(self) -> Expr:
        return self.protocol.in_any((n, n) for n in WITH_TYPES)

    def _ports_fit(self) -> Expr:
        """Type and code of ICMP are kept in to_port and from_port."""
        ends = (self.from_port, self.to_port)
        return all_of([
            any_of([negate(self.has_ports()),
                    all_of(line.within(1, 65535) for line in ends)]),
            any_of([negate(self.has_types()),
                    all_of(line.within(0, 255) for line in ends)])])

    def _addresses_fit(self) -> Expr:
        member = any_of([
            negate(self.is_v4),
            self.address_in(MEMBER, self.subnets),
            all_of([self.address_in(MEMBER, self.pod_blocks),
                    negate(self.address_in(MEMBER, self.others))]),
            self.address_in(MEMBER, self.many)])
        return all_of([member,
                       negate(self.address_in(REMOTE, self.subnets))])

    def _is_no_member(self) -> Expr:
        cluster = self.namespace["cluster"]
        name = self.namespace["name"]
        uid = self.namespace["uid"]

        def has(kind: str, scope: str, value: str) -> Expr:
            return self.tag(REMOTE, kind, "EQUALS", scope, value)

        # No other namespace, in whatever cluster, has the same UID.
        by_uid = any_of([has("SegmentPort", "ncp/project_uid", uid),
                         has("SegmentPort", "ncp/vif_project_uid", uid)])
        by_name = all_of([
            has("Segment", "ncp/cluster", cluster),
            any_of([has("Segment", "ncp/project", name),
                    has("SegmentPort", "ncp/project", name),
                    has("SegmentPort", "ncp/vif_project", name)])])
        return negate(any_of([by_uid, by_name]))

    def _own_tags(self, kind: str) -> dict[Tag, Expr]:
        """The tags of the member's segment or port in NCP's scopes."""
        ns = self.namespace
        by_pod: dict[Tag, Expr] = {
            Tag("ncp/project", ns["name"]): self.is_pod,
            Tag("ncp/project_uid", ns["uid"]): self.is_pod,
            Tag("ncp/vif_project", ns["name"]): negate(self.is_pod),
            Tag("ncp/vif_project_uid", ns["uid"]): negate(self.is_pod)}
        always: dict[Tag, Expr] = {Tag("ncp/cluster", ns["cluster"]): True}
        if kind == "SegmentPort":
            return always | by_pod
        return always | {Tag("ncp/project", ns["name"]): True,
                         Tag("ncp/project_uid", ns["uid"]): True}

    def _tag_axioms(self, end: str, kind: str,
                    atoms: dict[TagCondition, z3.BoolRef]) -> Iterator[Expr]:
        tags: dict[Tag, Expr] = {}
        if end == MEMBER and kind != "VirtualMachine":
            tags.update(self._own_tags(kind))
        fixed = bool(tags)
        for tag in witnesses(atoms):
            if not (fixed and tag.scope in OWN_SCOPES):
                tags[tag] = variable(
                    f"{end} {kind} has {tag.scope}|{tag.value}")
        self.carried[end, kind] = tags
        there = self.is_there(end, kind)
        for condition, atom in atoms.items():
            one = any_of(carried for tag, carried in tags.items()
                         if condition.holds_for(tag))
            yield same(atom, all_of([there, one]))

    def _path_axioms(self, end: str) -> Iterator[Expr]:
        atoms = self.path_atoms[end]
        segments = [p for p in atoms if segment_of(p) == p]
        ports = [p for p in atoms if segment_of(p) != p]
        for group in (segments, ports):
            for index, one in enumerate(group):
                for other in group[index + 1:]:
                    yield any_of([negate(atoms[one]), negate(atoms[other])])
        for port in ports:
            yield implies(atoms[port], atoms[str(segment_of(port))])
        for segment in segments:
            yield implies(atoms[segment], self.is_attached(end))

    # A packet of a model.

    def packet(self, model: z3.ModelRef) -> Json:
        version = 4 if holds(model, self.is_v4) else 6
        protocol = self.protocol.value(model)
        found: Json = {"family": f"IPv{version}", "protocol": protocol}
        if protocol in WITH_PORTS:
            found["from_port"] = self.from_port.value(model)
            found["to_port"] = self.to_port.value(model)
        if protocol in WITH_TYPES:
            found["icmp_type"] = self.to_port.value(model)
            found["icmp_code"] = self.from_port.value(model)
        atoms: dict[str, bool] = {}
        for end in (MEMBER, REMOTE):
            found[end] = self._end(model, end, version)
            atoms[f"{end} ATTACHED"] = found[end]["attached"]
            atoms[f"{end} MACHINE"] = found[end]["machine"]
            for path, atom in sorted(self.path_atoms[end].items()):
                atoms[f"{end} PATH {path}"] = holds(model, atom)
            for kind in OBJECTS:
                for condition, atom in sorted(
                        self.tag_atoms[end, kind].items()):
                    atoms[str(atom)] = holds(model, atom)
        found["atoms"] = atoms
        return found

    def _end(self, model: z3.ModelRef, end: str, version: int) -> Json:
        number = self.lines[end, version].value(model)
        address = (ipaddress.IPv4Address if version == 4
                   else ipaddress.IPv6Address)(number)
        found: Json = {"address": str(address)}
        if end == MEMBER:
            found["kind"] = "pod" if holds(model, self.is_pod) else "vm"
        found["attached"] = holds(model, self.is_attached(end))
        found["machine"] = holds(model, self.machines[end])
        on = [p for p, atom in self.path_atoms[end].items()
              if holds(model, atom)]
        found["segment"] = next((p for p in on if segment_of(p) == p), None)
        found["port"] = next((p for p in on if segment_of(p) != p), None)
        found["tags"] = {
            kind: sorted(f"{tag.scope}|{tag.value}"
                         for tag, carried in self.carried[end, kind].items()
                         if holds(model, carried))
            for kind in OBJECTS if holds(model, self.is_there(end, kind))}
        return found


class Outcomes(NamedTuple):
    """When a packet may open, may be stopped or excused, by packet."""

    opening: Expr
    other: Expr


class Walk:
    """What may become of a packet from some point on, if it gets there."""

    def __init__(self) -> None:
        self.allowed: list[Expr] = []
        self.excused: list[Expr] = []
        self.dropped: list[Expr] = []
        self.jumped: list[Expr] = []
        self.jumped_excused: list[Expr] = []
        self.passed: Expr = True

    def lists(self) -> tuple[list[Expr], ...]:
        return (self.allowed, self.excused, self.dropped, self.jumped,
                self.jumped_excused)

    def then_one_of(self, tied: list[Walk]) -> None:
        """Go on with parts of an order that is not defined.

        What one part may do, it may do where it comes first; whatever the
        order, a packet gets by if it gets by each part.  The choices within
        the parts have nothing in common, so this is exact.
        """
        before = self.passed
        for part in tied:
            for mine, its in zip(self.lists(), part.lists()):
                mine += [all_of([before, expr]) for expr in its]
        self.passed = all_of([before, *(part.passed for part in tied)])


class Firewall:
    """The matches of a case's rules for the packets of one direction."""

    def __init__(self, case: Json, direction: str) -> None:
        if direction not in ("in", "out"):
            raise ValueError(f"unknown direction {direction}")
        self.case = case
        self.direction = direction
        self.space = Space(case, direction)
        self.groups: dict[str, Json] = {
            group["path"]: group for group in case.get("groups") or []}
        self.services: dict[str, Json] = {
            item["path"]: item for item in case.get("services") or []}
        self.excused = frozenset(case.get("excused") or [])
        self.known_groups: dict[tuple[Any, ...], Match] = {}

    # Groups.  Without addresses (in a scope) an address is nobody's.

    def group(self, path: str, end: str, addresses: bool,
              within: frozenset[str]) -> Match:
        if path in within:
            return DOUBTFUL
        key = (path, end, addresses, within)
        if key not in self.known_groups:
            group = self.groups[path]
            if (group.get("extended_expression")
                    or unknown_fields(group, GROUP_FIELDS)):
                found = DOUBTFUL
            else:
                found = self.expressions(group.get("expression") or [], end,
                                         addresses, within | {path})
            self.known_groups[key] = found
        return self.known_groups[key]

    def expressions(self, items: list[Json], end: str, addresses: bool,
                    within: frozenset[str]) -> Match:
        if not items:
            return NOBODY
        if len(items) % 2 == 0:
            return DOUBTFUL
        terms: list[list[Match]] = [[]]
        for index, item in enumerate(items):
            is_operator = item.get("resource_type") == "ConjunctionOperator"
            if is_operator != (index % 2 == 1):
                return DOUBTFUL
            if not is_operator:
                terms[-1].append(
                    self.expression(item, end, addresses, within))
            elif item.get("conjunction_operator") == "OR":
                terms.append([])
            elif item.get("conjunction_operator") != "AND":
                return DOUBTFUL
        return union(meet(term) for term in terms)

    def expression(self, item: Json, end: str, addresses: bool,
                   within: frozenset[str]) -> Match:
        kind = item.get("resource_type")
        if kind == "Condition":
            return self.condition(item, end)
        if kind == "PathExpression":
            return union(self.path(path, end, addresses, within)
                         for path in item.get("paths") or [])
        if kind == "IPAddressExpression":
            ranges = [parse_addresses(text)
                      for text in item.get("ip_addresses") or []]
            if None in ranges:
                return DOUBTFUL
            if not addresses:
                return NOBODY
            return exact(self.space.address_in(
                end, [part for part in ranges if part]))
        if kind == "NestedExpression":
            return self.expressions(item.get("expressions") or [], end,
                                    addresses, within)
        return DOUBTFUL

    def condition(self, item: Json, end: str) -> Match:
        kind = item.get("member_type")
        operator = item.get("operator")
        value = item.get("value")
        if (kind not in OBJECTS or item.get("key") != "Tag"
                or item.get("scope_operator") not in (None, "EQUALS")
                or not isinstance(value, str)):
            return DOUBTFUL
        scope, tag = split_tag(value)

        def has(what: str) -> Expr:
            return self.space.tag(end, kind, what, scope, tag)

        if operator in TAG_OPERATORS:
            return exact(has(operator))
        if operator != "NOTEQUALS":
            return DOUBTFUL
        lacks = all_of([self.space.is_there(end, kind),
                        negate(has("EQUALS"))])
        if tag == "":
            return exact(lacks)
        other = has("OTHER")
        return Match(all_of([lacks, other]), any_of([lacks, other]))

    def path(self, path: str, end: str, addresses: bool,
             within: frozenset[str] = frozenset()) -> Match:
        if path in self.groups:
            return self.group(path, end, addresses, within)
        if "/groups/" in path or segment_of(path) is None:
            return DOUBTFUL
        return exact(self.space.path(end, path))

    # Parts of a rule.

    def peers(self, elements: list[str] | None, excluded: bool,
              end: str) -> Match:
        if not elements or "ANY" in elements:
            return EVERYBODY
        parts: list[Match] = []
        inline: list[Addresses] = []
        for element in elements:
            ranges = parse_addresses(element)
            if ranges is not None:
                inline.append(ranges)
            else:
                parts.append(self.path(element, end, True))
        parts.append(exact(self.space.address_in(end, inline)))
        found = union(parts)
        return complement(found) if excluded else found

    def applied_to(self, policy: Json, rule: Json) -> Match:
        for scope in (policy.get("scope"), rule.get("scope")):
            if scope and "ANY" not in scope:
                return self.whom(scope)
        return EVERYBODY

    def whom(self, elements: list[str]) -> Match:
        """The members that a list without addresses is about."""
        return union(NOBODY if parse_addresses(element)
                     else self.path(element, MEMBER, False)
                     for element in elements)

    def service(self, rule: Json) -> Match:
        paths = [path for path in rule.get("services") or []
                 if path != "ANY"]
        entries = rule.get("service_entries") or []
        if not paths and not entries:
            return EVERYBODY
        parts = [self.entry(entry) for entry in entries]
        for path in paths:
            if path in self.services:
                parts += [self.entry(entry) for entry in
                          self.services[path].get("service_entries") or []]
            else:
                parts.append(DOUBTFUL)
        return union(parts)

    def entry(self, entry: Json) -> Match:
        kind = entry.get("resource_type")
        space = self.space
        if kind == "L4PortSetServiceEntry":
            number = {"TCP": 6, "UDP": 17}.get(entry.get("l4_protocol", ""))
            to_ports = [parse_ports(text) for text in
                        entry.get("destination_ports") or []]
            from_ports = [parse_ports(text) for text in
                          entry.get("source_ports") or []]
            if number is None or None in to_ports + from_ports:
                return DOUBTFUL
            parts = [space.protocol.within(number, number)]
            if to_ports:
                parts.append(space.to_port.in_any(p for p in to_ports if p))
            if from_ports:
                parts.append(
                    space.from_port.in_any(p for p in from_ports if p))
            return exact(all_of(parts))
        if kind == "ICMPTypeServiceEntry":
            number = {"ICMPv4": 1, "ICMPv6": 58}.get(
                entry.get("protocol", ""))
            if number is None:
                return DOUBTFUL
            parts = [space.protocol.within(number, number)]
            for name, line in (("icmp_type", space.to_port),
                               ("icmp_code", space.from_port)):
                value = entry.get(name)
                if value is not None:
                    parts.append(line.within(value, value))
            return exact(all_of(parts))
        if kind == "IPProtocolServiceEntry":
            number = entry.get("protocol_number")
            if not isinstance(number, int) or not 0 <= number <= 255:
                return DOUBTFUL
            return exact(space.protocol.within(number, number))
        return DOUBTFUL

    def rule(self, policy: Json, rule: Json) -> Match:
        judged = "IN" if self.direction == "in" else "OUT"
        if rule.get("disabled"):
            return NOBODY
        if (rule.get("direction") or "IN_OUT") not in ("IN_OUT", judged):
            return NOBODY
        family = {"IPV4": self.space.is_v4,
                  "IPV6": negate(self.space.is_v4)}.get(
                      rule.get("ip_protocol", ""), True)
        incoming = self.direction == "in"
        found = meet([
            exact(family),
            self.applied_to(policy, rule),
            self.peers(rule.get("source_groups"),
                       bool(rule.get("sources_excluded")),
                       REMOTE if incoming else MEMBER),
            self.peers(rule.get("destination_groups"),
                       bool(rule.get("destinations_excluded")),
                       MEMBER if incoming else REMOTE),
            self.service(rule)])
        doubtful = (
            any(profile != "ANY" for profile in rule.get("profiles") or [])
            or bool(policy.get("scheduler_path"))
            or unknown_fields(rule, RULE_FIELDS)
            or unknown_fields(policy, POLICY_FIELDS))
        return Match(False, found.may) if doubtful else found

    # The order of the rules.

    def walk_rule(self, policy: Json, rule: Json, last: bool) -> Walk:
        walk = Walk()
        action = rule.get("action")
        if action == "JUMP_TO_APPLICATION" and last:
            return walk
        match = self.rule(policy, rule)
        is_excused = rule.get("path") in self.excused
        if action in ("DROP", "REJECT"):
            walk.dropped.append(match.may)
        elif action == "JUMP_TO_APPLICATION":
            (walk.jumped_excused if is_excused
             else walk.jumped).append(match.may)
        else:
            (walk.excused if is_excused else walk.allowed).append(match.may)
        walk.passed = negate(match.must)
        return walk

    def walk_policy(self, policy: Json, last: bool) -> Walk:
        walk = Walk()
        for tied in in_order(policy.get("rules") or []):
            walk.then_one_of([self.walk_rule(policy, rule, last)
                              for rule in tied])
        return walk

    def walk_category(self, walk: Walk, category: str) -> None:
        here = [policy for policy in self.case.get("policies") or []
                if (policy.get("category") or "Application") == category]
        late = [p for p in here if p.get("path") == DEFAULT_SECTION]
        soon = [p for p in here if p.get("path") != DEFAULT_SECTION]
        last = category == "Application"
        for tied in [*in_order(soon), *in_order(late)]:
            walk.then_one_of([self.walk_policy(policy, last)
                              for policy in tied])

    def outcomes(self) -> Outcomes:
        if self.case.get("switch") is False:
            return Outcomes(True, False)
        first = Walk()
        for category in CATEGORIES[:-1]:
            self.walk_category(first, category)
        second = Walk()
        self.walk_category(second, CATEGORIES[-1])
        plainly = any_of([first.passed, *first.jumped])
        by_excused = any_of(first.jumped_excused)
        lets_through = any_of([*second.allowed, second.passed])
        opening = any_of([*first.allowed, all_of([plainly, lets_through])])
        other = any_of([
            *first.dropped, *first.excused,
            all_of([any_of([plainly, by_excused]),
                    any_of([*second.dropped, *second.excused])]),
            all_of([by_excused, lets_through])])
        free = self.whom(self.case.get("excluded") or [])
        return Outcomes(any_of([free.may, opening]),
                        all_of([negate(free.must), other]))


def in_order(items: list[Json]) -> list[list[Json]]:
    """The items by sequence number; those of equal number together."""
    by_number: dict[int, list[Json]] = {}
    for item in items:
        number = item.get("sequence_number")
        by_number.setdefault(0 if number is None else number,
                             []).append(item)
    return [by_number[number] for number in sorted(by_number)]


class Search:
    """Looks for packets among those of a space."""

    def __init__(self, space: Space, goals: list[Expr]) -> None:
        self.space = space
        self.solver = z3.SolverFor("QF_FD")
        self.switches = [variable(f"goal {index}")
                         for index in range(len(goals))]
        for switch, goal in zip(self.switches, goals):
            self.solver.add(as_z3(implies(switch, goal)))
        self.solver.add(*space.axioms())

    def find(self, *numbers: int) -> Json | None:
        """A packet that meets all the goals of these numbers."""
        answer = self.solver.check(*(self.switches[n] for n in numbers))
        if answer == z3.unsat:
            return None
        if answer != z3.sat:
            raise RuntimeError(f"no answer: {self.solver.reason_unknown()}")
        return self.space.packet(self.solver.model())


def judge(case: Json, direction: str) -> Json:
    firewall = Firewall(case, direction)
    outcomes = firewall.outcomes()
    search = Search(firewall.space,
                    [outcomes.opening, negate(outcomes.other)])
    possible = search.find(0)
    certain = search.find(0, 1) if possible else None
    verdict = ("closed" if possible is None
               else "doubtful" if certain is None else "open")
    return {"verdict": verdict, "open": certain, "possible": possible}


# Openings as lists of boxes.

def box_expr(space: Space, box: Json) -> Expr:
    parts: list[Expr] = []
    for name, end in (("here", MEMBER), ("there", REMOTE)):
        if box.get(name) is not None:
            parts.append(space.address_in(
                end, [box_addresses(*pair) for pair in box[name]]))
    if box.get("protocols") is not None:
        parts.append(space.protocol.in_any(
            (number, number) for number in box["protocols"]))
    for name, line in (("from_ports", space.from_port),
                       ("to_ports", space.to_port)):
        ranges = box.get(name)
        if ranges is not None and not covers_all_ports(ranges):
            parts.append(any_of([space.has_ports(), space.has_types()]))
            parts.append(line.in_any((a, b) for a, b in ranges))
    for name, wanted in (box.get("atoms") or {}).items():
        atom = space.atom(name)
        parts.append(atom if wanted else negate(atom))
    return all_of(parts)


def box_addresses(first: str, last: str) -> Addresses:
    found = parse_addresses(f"{first}-{last}")
    if found is None:
        raise ValueError(f"not a range of addresses: {first} {last}")
    return found


def covers_all_ports(ranges: list[list[int]]) -> bool:
    low = 0
    for first, last in sorted(tuple(pair) for pair in ranges):
        if first <= low:
            low = max(low, last + 1)
    return low > 65535


def check_openings(case: Json, direction: str,
                   openings: list[list[Json]]) -> Json:
    """Judge openings, each a list of boxes.

    "holds" has for each opening a packet of its boxes that may be let
    through, or null; "missed" is such a packet outside of all boxes.
    """
    firewall = Firewall(case, direction)
    opening = firewall.outcomes().opening
    space = firewall.space
    regions = [any_of(box_expr(space, box) for box in boxes)
               for boxes in openings]
    search = Search(space, [opening, negate(any_of(regions)), *regions])
    return {"holds": [search.find(0, index + 2)
                      for index in range(len(regions))],
            "missed": search.find(0, 1)}


def answer_line(line: str, check: bool) -> Json:
    given: Json = json.loads(line)
    if check:
        case, direction = given["case"], given["direction"]
        return {"id": case.get("id"), "direction": direction,
                **check_openings(case, direction, given["region"])}
    return {"id": given.get("id"), "in": judge(given, "in"),
            "out": judge(given, "out")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true",
        help="judge openings: lines of case, direction and region")
    options = parser.parse_args()
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer_line(line, options.check)), flush=True)


if __name__ == "__main__":
    main()
