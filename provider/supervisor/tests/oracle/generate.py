"""Print random rule bases, one JSON case per line.

Most cases are built around a deny that closes the namespace; what comes
before it either is harmless (excused, covered by a drop, applied to others)
or opens it by a hair's breadth: one port, one address, one tag, a tie, a
doubt.  The same seed gives the same cases.
"""

from __future__ import annotations

import argparse
import copy
import ipaddress
import json
import random
from typing import Any, Callable, Sequence, TypeVar

Json = dict[str, Any]
T = TypeVar("T")

CLUSTER = "domain-c8:dd58"
CATEGORIES = ["Emergency", "Infrastructure", "Environment", "Application"]
DEFAULT_SECTION = ("/infra/domains/default/security-policies/"
                   "default-layer3-section")
GROUPS = "/infra/domains/default/groups/"
SERVICES = "/infra/services/"
PORTS = [22, 53, 80, 81, 443, 444, 1024, 5432, 8080, 8081, 8443, 30000]
MEMBER_NETS = ["10.244.1.0/28", "10.244.0.0/20", "10.244.1.0/29",
               "10.244.1.8/29", "10.244.1.4-10.244.1.11", "10.244.1.5",
               "10.244.3.5", "10.0.0.0/8", "10.244.1.0-10.244.2.15",
               "224.0.0.0/24", "255.255.255.255",
               "fd00:1::/64", "fd00:1::10-fd00:1::20", "::/0"]
OUTER_NETS = ["10.244.2.0/28", "10.0.0.0/8", "192.168.10.0/24",
              "192.168.10.0/25", "192.168.10.100-192.168.10.200",
              "172.16.5.7", "0.0.0.0/0", "10.244.0.0/20", "10.244.1.0/24",
              "fd00:2::/64", "FD00:2:0::5", "fd00:2::1-fd00:2::ff",
              "2001:db8::/32", "::/0"]
SCOPES = ["app", "tier", "env"]
VALUES = ["web", "web-1", "db", "db-web"]
PARTS = ["web", "we", "db", "b", "-", "-1", "eb", "b-w"]
SEGMENTS = ["/infra/segments/s1", "/infra/segments/s2",
            "/infra/tier-1s/t1/segments/s3"]
SEGMENT_PORTS = ["/infra/segments/s1/ports/p1", "/infra/segments/s1/ports/p2",
                 "/infra/segments/s2/ports/p1",
                 "/infra/tier-1s/t1/segments/s3/ports/p3"]
PROTOCOLS = [1, 2, 6, 17, 47, 50, 58, 89, 132]
OTHER_WAY = {"IN": "OUT", "OUT": "IN"}


def condition(kind: str, operator: str, value: str) -> Json:
    return {"resource_type": "Condition", "member_type": kind, "key": "Tag",
            "operator": operator, "value": value}


def joined(operator: str, *items: Json) -> list[Json]:
    found: list[Json] = []
    for item in items:
        if found:
            found.append({"resource_type": "ConjunctionOperator",
                          "conjunction_operator": operator})
        found.append(item)
    return found


def nested(expressions: list[Json]) -> Json:
    return {"resource_type": "NestedExpression", "expressions": expressions}


def paths(*listed: str) -> Json:
    return {"resource_type": "PathExpression", "paths": list(listed)}


def addresses(*listed: str) -> Json:
    return {"resource_type": "IPAddressExpression",
            "ip_addresses": list(listed)}


def bounds(text: str) -> tuple[Any, Any]:
    """First and last address of a CIDR, a range or an address."""
    if "-" in text:
        low, high = text.split("-")
        return ipaddress.ip_address(low), ipaddress.ip_address(high)
    net = ipaddress.ip_network(text)
    return net[0], net[-1]


class Maker:
    """Makes one case."""

    def __init__(self, seed: int, number: int) -> None:
        self.rng = random.Random(seed)
        self.number = number
        self.groups: list[Json] = []
        self.services: list[Json] = []
        self.excused: list[str] = []
        # Groups and services that do not match for certain.
        self.vague: set[str] = set()
        self.name = self.pick(["banking", "banking", "shop"])
        self.uid = self.pick(["u-1", "u-17"])
        self.other = self.pick(["shop-2", "bank", "banking-dev"])
        self.made_rules = 0
        self.aims: dict[str, str] = {}

    # Small helpers.

    def pick(self, items: Sequence[T]) -> T:
        return self.rng.choice(items)

    def odds(self, chance: float) -> bool:
        return self.rng.random() < chance

    def weighted(self, choices: dict[T, float]) -> T:
        return self.rng.choices(list(choices), list(choices.values()))[0]

    def some(self, items: Sequence[T], most: int) -> list[T]:
        return self.rng.sample(items, self.rng.randint(1, most))

    # Groups.

    def add_group(self, expression: list[Json], vague: bool = False,
                  **more: Any) -> str:
        name = f"g{len(self.groups)}"
        path = GROUPS + name
        group = {"path": path, "id": name, "display_name": f"Group {name}",
                 "resource_type": "Group", "expression": expression, **more}
        if self.odds(0.3):
            group["_revision"] = self.rng.randint(0, 9)
        if self.odds(0.1):
            group["group_type"] = []
        self.groups.append(group)
        if vague:
            self.vague.add(path)
        return path

    def vague_expression(self, items: list[Json]) -> bool:
        """Whether there may be a doubt about these expressions."""
        for item in items:
            kind = item["resource_type"]
            if kind == "Condition":
                if (item["member_type"] not in ("Segment", "SegmentPort",
                                                "VirtualMachine")
                        or item["key"] != "Tag"
                        or item.get("scope_operator", "EQUALS") != "EQUALS"
                        or item["operator"] == "REGEX"
                        or item["operator"] == "NOTEQUALS"
                        and not item["value"].endswith("|")):
                    return True
            elif kind == "PathExpression":
                known = [group["path"] for group in self.groups]
                if any("/groups/" in path and (path in self.vague
                                               or path not in known)
                       for path in item["paths"]):
                    return True
            elif kind == "NestedExpression":
                if self.vague_expression(item["expressions"]):
                    return True
            elif kind == "IPAddressExpression":
                if "not-an-address" in item["ip_addresses"]:
                    return True
            elif kind != "ConjunctionOperator":
                return True
        return any(first["resource_type"] != "ConjunctionOperator"
                   and second["resource_type"] != "ConjunctionOperator"
                   for first, second in zip(items, items[1:]))

    def free_value(self, operator: str) -> str:
        """A condition's value in the scopes that are not NCP's."""
        texts = VALUES if operator in ("EQUALS", "NOTEQUALS") else PARTS
        shape = self.weighted({"full": 70, "any": 9, "bar": 6, "empty": 12,
                               "nothing": 2})
        scope, text = self.pick(SCOPES), self.pick(texts)
        return {"full": f"{scope}|{text}", "any": text, "bar": f"|{text}",
                "empty": f"{scope}|", "nothing": "|"}[shape]

    def ncp_value(self, kind: str) -> str:
        scope = self.pick(["ncp/project", "ncp/project", "ncp/project_uid",
                           "ncp/cluster"])
        if kind == "SegmentPort" and scope != "ncp/cluster":
            scope = self.pick([scope, scope.replace("ncp/", "ncp/vif_")])
        own, foreign = self.name, self.other
        if scope.endswith("_uid"):
            own, foreign = self.uid, "u-2"
        elif scope == "ncp/cluster":
            own, foreign = CLUSTER, "domain-c9:aa00"
        text = own if self.odds(0.55) else foreign
        if self.odds(0.08):
            return f"{scope}|"
        return text if self.odds(0.08) else f"{scope}|{text}"

    def random_condition(self) -> Json:
        kind = self.weighted({"SegmentPort": 45, "Segment": 30,
                              "VirtualMachine": 25})
        operator = self.weighted({"EQUALS": 50, "NOTEQUALS": 16,
                                  "STARTSWITH": 12, "ENDSWITH": 11,
                                  "CONTAINS": 11})
        value = (self.ncp_value(kind)
                 if kind != "VirtualMachine" and self.odds(0.3)
                 else self.free_value(operator))
        made = condition(kind, operator, value)
        if self.odds(0.12):
            made["scope_operator"] = "EQUALS"
        if self.odds(0.05):
            made.update(self.pick([{"key": "Name"}, {"member_type": "IPSet"},
                                   {"scope_operator": "NOTEQUALS"},
                                   {"operator": "REGEX"}]))
        return made

    def random_paths(self) -> Json:
        pool = SEGMENTS + SEGMENT_PORTS
        pool += [group["path"] for group in self.groups[-4:]] * 3
        listed = self.some(pool, 3)
        if self.odds(0.07):
            listed.append(GROUPS + "missing")
        return paths(*listed)

    def random_expression(self, depth: int) -> Json:
        kind = self.weighted({"condition": 55, "paths": 22, "addresses": 15,
                              "nested": 12 if depth < 2 else 0,
                              "unknown": 1})
        if kind == "condition":
            return self.random_condition()
        if kind == "paths":
            return self.random_paths()
        if kind == "addresses":
            listed = self.some(MEMBER_NETS + OUTER_NETS, 3)
            if self.odds(0.05):
                listed.append("not-an-address")
            return addresses(*listed)
        if kind == "nested":
            return nested(self.random_expressions(depth + 1))
        return {"resource_type": "ExternalIDExpression",
                "member_type": "VirtualMachine", "external_ids": ["x"]}

    def random_expressions(self, depth: int = 0) -> list[Json]:
        count = self.weighted({1: 50, 2: 32, 3: 14, 4: 4})
        found: list[Json] = []
        for _ in range(count):
            if found and not self.odds(0.02):
                found.append({
                    "resource_type": "ConjunctionOperator",
                    "conjunction_operator": self.pick(["AND", "OR"])})
            found.append(self.random_expression(depth))
        return found

    def random_group(self, again: float = 0.6) -> str:
        if self.groups and self.odds(again):
            return str(self.pick(self.groups)["path"])
        expression = self.random_expressions()
        more: Json = {}
        if self.odds(0.03):
            more["extended_expression"] = [{
                "resource_type": "IdentityGroupExpression",
                "identity_groups": []}]
        if self.odds(0.03):
            more["dynamic_context"] = "x"
        if self.odds(0.03):
            expression = []
        vague = bool(more) or self.vague_expression(expression)
        path = self.add_group(expression, vague, **more)
        if self.odds(0.025):
            if expression:
                expression.append({"resource_type": "ConjunctionOperator",
                                   "conjunction_operator": "OR"})
            expression.append(paths(path))
            self.vague.add(path)
        return path

    def member_expression(self) -> list[Json]:
        """Expressions that hold for every member."""
        name, uid = f"ncp/project|{self.name}", f"ncp/project_uid|{self.uid}"
        cluster = f"ncp/cluster|{CLUSTER}"
        vif = f"ncp/vif_project|{self.name}"
        vif_uid = f"ncp/vif_project_uid|{self.uid}"
        on_port = joined("OR", condition("SegmentPort", "EQUALS", name),
                         condition("SegmentPort", "EQUALS", vif))
        on_port_uid = joined("OR", condition("SegmentPort", "EQUALS", uid),
                             condition("SegmentPort", "EQUALS", vif_uid))
        own = condition("Segment", "EQUALS", cluster)
        return self.pick([
            [condition("Segment", "EQUALS", name)],
            [condition("Segment", "EQUALS", uid)],
            joined("AND", own, condition("Segment", "EQUALS", name)),
            on_port, on_port_uid,
            joined("AND", nested(on_port),
                   condition("SegmentPort", "EQUALS", cluster)),
            joined("AND", own, nested(on_port_uid)),
            joined("OR", on_port[0], condition("Segment", "EQUALS", uid)),
            [condition("Segment", "STARTSWITH",
                       f"ncp/project|{self.name[:3]}")],
            [condition("SegmentPort", "EQUALS", f"|{self.name}")],
            [condition("SegmentPort", "CONTAINS", self.name[1:4])],
            [condition("Segment", "ENDSWITH",
                       f"ncp/project|{self.name[-3:]}")],
            [condition("Segment", "NOTEQUALS", f"ncp/project|{self.other}")],
            [condition("Segment", "NOTEQUALS", "ncp/vif_project|")],
            [condition("SegmentPort", "EQUALS", "ncp/cluster|")],
            joined("OR", condition("VirtualMachine", "EQUALS", "app|web"),
                   own),
        ])

    def member_group(self) -> str:
        path = self.add_group(self.member_expression())
        for _ in range(self.weighted({0: 60, 1: 20, 2: 12, 3: 8})):
            item = paths(path)
            if self.odds(0.3):
                item["paths"].append(self.pick(SEGMENTS))
            path = self.add_group([item])
        return path

    def narrow_group(self) -> str:
        """A group of some of the members, for certain."""
        extra = condition(self.pick(["SegmentPort", "Segment",
                                     "VirtualMachine"]),
                          self.pick(["EQUALS", "STARTSWITH", "CONTAINS"]),
                          f"{self.pick(SCOPES)}|{self.pick(VALUES)}")
        items = self.member_expression()
        return self.add_group(self.pick([
            [condition("SegmentPort", "EQUALS", f"ncp/project|{self.name}")],
            [condition("SegmentPort", "EQUALS",
                       f"ncp/vif_project|{self.name}")],
            joined("AND", nested(items), extra),
            joined("AND", nested(items), extra),
            joined("AND", nested(items), paths(self.pick(
                SEGMENTS + SEGMENT_PORTS))),
            joined("AND", nested(items), condition(
                "SegmentPort", "NOTEQUALS", f"{self.pick(SCOPES)}|")),
            [extra],
            [paths(self.pick(SEGMENTS), self.pick(SEGMENT_PORTS))],
        ]))

    def foreign_group(self) -> str:
        """A group without members."""
        return self.add_group(self.pick([
            [condition("SegmentPort", "EQUALS", f"ncp/project|{self.other}")],
            [condition("Segment", "EQUALS", f"ncp/project|{self.other}")],
            [condition("Segment", "EQUALS", "ncp/cluster|domain-c9:aa00")],
            [condition("SegmentPort", "NOTEQUALS", "ncp/cluster|")],
            joined("AND", condition("Segment", "EQUALS", "app|web"),
                   condition("SegmentPort", "EQUALS",
                             f"ncp/vif_project|{self.other}")),
        ]))

    def vague_member_group(self) -> str:
        """A group that any member may be in, but none for certain."""
        items = self.member_expression()
        kind = self.weighted({"missing": 20, "name": 20, "extended": 20,
                              "field": 15, "conjunction": 10, "self": 8,
                              "or": 7})
        if kind == "missing":
            return self.add_group(joined(
                "AND", nested(items), paths(GROUPS + "missing")), True)
        if kind == "name":
            odd = condition("VirtualMachine", "CONTAINS", "web")
            odd["key"] = "Name"
            return self.add_group(joined("AND", nested(items), odd), True)
        if kind == "extended":
            return self.add_group(items, True, extended_expression=[
                {"resource_type": "IdentityGroupExpression"}])
        if kind == "field":
            return self.add_group(items, True, tag_expression="x")
        if kind == "conjunction":
            return self.add_group(
                [nested(items), addresses("10.244.0.0/20")], True)
        path = self.add_group(items, True)
        if kind == "self":
            items[:] = joined("AND", nested(list(items)), paths(path))
            return path
        items[:] = [addresses("not-an-address")]
        return path

    def unsure_group(self) -> str:
        """A group by NOTEQUALS, which has two readings."""
        kind = self.pick(["SegmentPort", "Segment", "VirtualMachine"])
        value = self.pick([f"{self.pick(SCOPES)}|{self.pick(VALUES)}",
                           self.pick(VALUES)])
        return self.add_group([condition(kind, "NOTEQUALS", value)], True)

    # Services.

    def port_text(self) -> str:
        first = self.pick(PORTS)
        if self.odds(0.5):
            return str(first)
        last = self.pick([port for port in PORTS if port >= first])
        return f"{first}-{last}"

    def random_entry(self, sure: bool = False) -> Json:
        kind = self.weighted({"l4": 62, "icmp": 18, "protocol": 14,
                              "odd": 0 if sure else 5})
        if kind == "l4":
            entry: Json = {"resource_type": "L4PortSetServiceEntry",
                           "l4_protocol": self.pick(["TCP", "TCP", "UDP"]),
                           "destination_ports": [], "source_ports": []}
            if self.odds(0.88):
                entry["destination_ports"] = [
                    self.port_text()
                    for _ in range(self.weighted({1: 6, 2: 3, 3: 1}))]
            if self.odds(0.25):
                entry["source_ports"] = [self.port_text()]
            if not sure and self.odds(0.02):
                entry["destination_ports"].append("http")
            if not sure and self.odds(0.02):
                entry["l4_protocol"] = "SCTP"
            return entry
        if kind == "icmp":
            entry = {"resource_type": "ICMPTypeServiceEntry",
                     "protocol": self.pick(["ICMPv4", "ICMPv4", "ICMPv6"])}
            if self.odds(0.7):
                entry["icmp_type"] = self.pick([0, 3, 8, 11, 128, 129])
                if self.odds(0.4):
                    entry["icmp_code"] = self.pick([0, 1, 4])
            return entry
        if kind == "protocol":
            return {"resource_type": "IPProtocolServiceEntry",
                    "protocol_number": self.pick(PROTOCOLS)}
        return self.pick([
            {"resource_type": "ALGTypeServiceEntry", "alg": "FTP",
             "destination_ports": ["21"]},
            {"resource_type": "IGMPTypeServiceEntry"},
            {"resource_type": "NestedServiceServiceEntry",
             "nested_service_path": SERVICES + "HTTP"}])

    def add_service(self, sure: bool = False) -> str:
        name = f"svc{len(self.services)}"
        path = SERVICES + name
        entries = [self.random_entry(sure)
                   for _ in range(self.weighted({1: 6, 2: 3, 3: 1}))]
        self.services.append({"path": path, "id": name,
                              "resource_type": "Service",
                              "service_entries": entries})
        if any(self.vague_entry(entry) for entry in entries):
            self.vague.add(path)
        return path

    @staticmethod
    def vague_entry(entry: Json) -> bool:
        if entry["resource_type"] == "L4PortSetServiceEntry":
            return (entry["l4_protocol"] == "SCTP"
                    or "http" in entry["destination_ports"])
        return entry["resource_type"] not in ("ICMPTypeServiceEntry",
                                              "IPProtocolServiceEntry")

    def random_services(self, any_chance: float = 0.35) -> Json:
        if self.odds(any_chance):
            return self.pick([{"services": ["ANY"]}, {},
                              {"services": [], "service_entries": []}])
        found: Json = {}
        shape = self.weighted({"paths": 50, "entries": 35, "both": 15})
        if shape != "entries":
            found["services"] = [
                self.pick(self.services)["path"]
                if self.services and self.odds(0.7) else self.add_service()
                for _ in range(self.weighted({1: 7, 2: 3}))]
            if self.odds(0.05):
                found["services"].append(SERVICES + "missing")
        if shape != "paths":
            found["service_entries"] = [
                self.random_entry()
                for _ in range(self.weighted({1: 7, 2: 3}))]
            if shape == "entries" and self.odds(0.4):
                found["services"] = ["ANY"]
        return found

    # Rules.

    def rule(self, action: str | None, **fields: Any) -> Json:
        number = self.made_rules
        self.made_rules += 1
        made: Json = {"id": f"r{number}", "resource_type": "Rule",
                      "display_name": f"rule {number}"}
        if action is not None:
            made["action"] = action
        made.update({"source_groups": ["ANY"], "destination_groups": ["ANY"],
                     "services": ["ANY"], "direction": "IN_OUT",
                     "ip_protocol": "IPV4_IPV6", "scope": ["ANY"]})
        made.update({name: value for name, value in fields.items()
                     if value is not None})
        if self.odds(0.15):
            made["profiles"] = ["ANY"]
        if self.odds(0.15):
            made.update(self.pick([
                {"logged": True}, {"notes": "n"}, {"tag": "t"},
                {"_revision": 3}, {"rule_id": 1000 + number},
                {"sources_excluded": False}, {"disabled": False}]))
        for name, idle in (("source_groups", ["ANY"]), ("scope", ["ANY"]),
                           ("destination_groups", ["ANY"]),
                           ("ip_protocol", "IPV4_IPV6"),
                           ("direction", "IN_OUT")):
            if made[name] == idle and self.odds(0.2):
                del made[name]
        return made

    def drop(self, **fields: Any) -> Json:
        return self.rule(self.pick(["DROP", "DROP", "REJECT"]), **fields)

    def excuse(self, rule: Json) -> Json:
        # The path is known only when the rule is in its policy.
        rule["_excused"] = True
        return rule

    def remote_peers(self, any_chance: float = 0.3) -> list[str]:
        if self.odds(any_chance):
            return ["ANY"]
        found: list[str] = []
        for _ in range(self.weighted({1: 6, 2: 3, 3: 1})):
            kind = self.weighted({"inline": 40, "group": 50, "path": 10})
            found.append(
                self.pick(OUTER_NETS) if kind == "inline" else
                self.random_group() if kind == "group" else
                self.pick(SEGMENTS + SEGMENT_PORTS))
        return found

    def member_peers(self, any_chance: float = 0.5,
                     wild: float = 0.3) -> list[str]:
        if self.odds(any_chance):
            return ["ANY"]
        if self.odds(wild):
            return self.remote_peers(0)
        kind = self.weighted({"inline": 40, "member": 20, "narrow": 30,
                              "path": 10})
        if kind == "inline":
            return self.some(MEMBER_NETS, 2)
        if kind == "member":
            return [self.member_group()]
        if kind == "narrow":
            return [self.narrow_group()]
        return [self.pick(SEGMENTS + SEGMENT_PORTS)]

    def set_peers(self, rule: Json, way: str, member: list[str],
                  remote: list[str]) -> None:
        """Set source and destination for a rule of direction IN or OUT."""
        if way == "IN":
            source, destination = remote, member
        else:
            source, destination = member, remote
        rule["source_groups"] = source
        rule["destination_groups"] = destination

    def random_rule(self, action: str | None, any_chance: float = 0.4,
                    way: str | None = None) -> Json:
        """A rule with anything in it."""
        way = way or self.weighted({"IN": 28, "OUT": 28, "IN_OUT": 44})
        rule = self.rule(action, **self.random_services(any_chance))
        rule["direction"] = way
        if way == "IN_OUT":
            way = self.pick(["IN", "OUT"])
        self.set_peers(rule, way, self.member_peers(any_chance),
                       self.remote_peers(any_chance))
        for name, excluded in (("source_groups", "sources_excluded"),
                               ("destination_groups",
                                "destinations_excluded")):
            if self.odds(0.2 if rule[name] != ["ANY"] else 0.02):
                rule[excluded] = True
        if self.odds(0.3):
            rule["scope"] = [self.random_group()
                             for _ in range(self.weighted({1: 8, 2: 2}))]
        elif self.odds(0.08):
            rule["scope"] = [self.pick(SEGMENTS + SEGMENT_PORTS
                                       + MEMBER_NETS[:2])]
        for name in ("source_groups", "destination_groups", "scope"):
            if rule.get(name, ["ANY"]) != ["ANY"] and self.odds(0.01):
                rule[name] = ["ANY", *rule[name]]
        if self.odds(0.15):
            rule["ip_protocol"] = self.pick(["IPV4", "IPV6"])
        if self.odds(0.08):
            rule["disabled"] = True
        if self.odds(0.04):
            self.blur_rule(rule)
        return rule

    def blur_rule(self, rule: Json) -> None:
        """Make a rule's match uncertain."""
        rule.update(self.pick([
            {"profiles": ["/infra/context-profiles/SSL"]},
            {"profiles": ["/infra/context-profiles/SSL"]},
            {"url_category": "x"}, {"threat_level": 3}]))

    def random_action(self) -> str | None:
        return self.weighted({"ALLOW": 45, "DROP": 28, "REJECT": 10,
                              "JUMP_TO_APPLICATION": 11, None: 3,
                              "REDIRECT": 3})

    # Harmless and harmful allows before the deny.

    def narrow_drop(self, way: str | None = None) -> Json:
        """A drop of something, not of all."""
        rule = self.random_rule(self.pick(["DROP", "DROP", "REJECT"]), 0.2,
                                way)
        peers = (rule["source_groups"], rule["destination_groups"])
        if peers == (["ANY"], ["ANY"]):
            rule["service_entries"] = [self.random_entry(True)]
            rule["services"] = ["ANY"]
        return rule

    def plain_allow(self, way: str) -> Json:
        """An allow that some members' packets match for certain."""
        rule = self.rule(self.weighted({"ALLOW": 90, None: 5,
                                        "REDIRECT": 5}))
        rule["direction"] = way
        if self.odds(0.75):
            rule["service_entries"] = [self.random_entry(True)]
        elif self.odds(0.5):
            rule["services"] = [self.add_service(True)]
        side = self.pick(["IN", "OUT"]) if way == "IN_OUT" else way
        member = ["ANY"]
        if way != "IN_OUT" and self.odds(0.5):
            make: Callable[[], list[str]] = self.pick([
                lambda: [self.pick(MEMBER_NETS[:6])],
                lambda: [self.member_group()],
                lambda: [self.narrow_group()]])
            member = make()
        remote = ["ANY"]
        if self.odds(0.75):
            make = self.pick([
                lambda: self.some(OUTER_NETS, 2),
                lambda: [self.add_group([addresses(*self.some(
                    OUTER_NETS, 2))])],
                lambda: [self.add_group([condition(
                    self.pick(["SegmentPort", "Segment",
                               "VirtualMachine"]),
                    self.pick(["EQUALS", "EQUALS", "STARTSWITH"]),
                    f"{self.pick(SCOPES)}|{self.pick(VALUES)}")])],
                lambda: [self.add_group([condition(
                    "SegmentPort", "EQUALS",
                    f"ncp/project|{self.other}")])]])
            remote = make()
        self.set_peers(rule, side, member, remote)
        if self.odds(0.15):
            rule["scope"] = [self.pick([self.member_group,
                                        self.narrow_group])()]
        if self.odds(0.1):
            rule["ip_protocol"] = self.pick(["IPV4", "IPV6"])
        return rule

    def sure_services(self, rule: Json) -> bool:
        return not (
            any(path in self.vague or path.endswith("/missing")
                for path in rule.get("services", []))
            or any(self.vague_entry(entry)
                   for entry in rule.get("service_entries", [])))

    def sure_groups(self, listed: list[str]) -> bool:
        return not any(path in self.vague for path in listed)

    def cover(self, allow: Json, widen: float = 0.35) -> list[Json]:
        """Drops that together cover an allow."""
        drop = self.drop()
        for name in ("direction", "source_groups", "destination_groups",
                     "services", "service_entries", "scope", "ip_protocol",
                     "sources_excluded", "destinations_excluded"):
            drop.pop(name, None)
            if name in allow:
                drop[name] = copy.deepcopy(allow[name])
        if not self.sure_services(drop) or self.odds(widen):
            drop["services"] = ["ANY"]
            drop.pop("service_entries", None)
        for name in ("source_groups", "destination_groups", "scope"):
            if not self.sure_groups(drop.get(name, [])) or self.odds(widen):
                drop[name] = ["ANY"]
        if self.odds(widen):
            drop.pop("ip_protocol", None)
        if self.odds(widen):
            drop["direction"] = "IN_OUT"
        return self.split(drop) if self.odds(0.35) else [drop]

    def split(self, drop: Json) -> list[Json]:
        """Two or more drops that cover the same as one."""
        first, second = drop, copy.deepcopy(drop)
        second["id"] += "b"
        kind = self.pick(["ports", "family", "peer", "direction", "address"])
        entries = drop.get("service_entries", [])
        if kind == "ports" and entries:
            ranges = entries[0].get("destination_ports")
            if ranges and "-" in ranges[0] and len(entries) == 1:
                low, high = (int(part) for part in ranges[0].split("-"))
                if low < high:
                    cut = self.rng.randint(low, high - 1)
                    entries[0]["destination_ports"][0] = f"{low}-{cut}"
                    second["service_entries"][0]["destination_ports"] = [
                        f"{cut + 1}-{high}"]
                    return [first, second]
        if kind == "family" and drop.get("ip_protocol") in (None,
                                                            "IPV4_IPV6"):
            first["ip_protocol"], second["ip_protocol"] = "IPV4", "IPV6"
            return [first, second]
        if kind == "direction" and drop.get("direction",
                                            "IN_OUT") == "IN_OUT":
            first["direction"], second["direction"] = "OUT", "IN"
            return [first, second]
        side = self.pick(["source", "destination"])
        name, excluded = f"{side}_groups", f"{side}s_excluded"
        if kind == "peer" and drop.get(name, ["ANY"]) == ["ANY"]:
            part = self.pick([self.narrow_group(), self.pick(OUTER_NETS),
                              self.pick(SEGMENTS)])
            first[name], second[name] = [part], [part]
            first.pop(excluded, None)
            second[excluded] = True
            return [first, second]
        if kind == "address" and not drop.get(excluded):
            listed = drop.get(name, ["ANY"])
            if len(listed) == 1 and "-" not in listed[0] and (
                    listed[0] in OUTER_NETS + MEMBER_NETS):
                low, high = bounds(listed[0])
                if low < high:
                    cut = low + self.rng.randint(0, int(high) - int(low) - 1)
                    first[name] = [f"{low}-{cut}"]
                    second[name] = [f"{cut + 1}-{high}"]
                    return [first, second]
        return [first]

    def harmless(self) -> list[Json]:
        """Rules that open nothing, wherever they are."""
        kind = self.weighted({"drop": 22, "covered": 28, "implied": 10,
                              "impossible": 8, "excused": 11, "foreign": 8,
                              "disabled": 4, "jump": 6, "nobody": 3})
        if kind == "implied":
            return self.tag_pair(self.pick(["IN", "OUT"]), True)
        if kind == "impossible":
            return [self.impossible_allow(self.pick(["IN", "OUT"]))]
        if kind == "drop":
            return [self.narrow_drop()]
        if kind == "covered":
            allow = (self.random_rule("ALLOW", 0.2) if self.odds(0.5) else
                     self.plain_allow(self.pick(["IN", "OUT", "IN_OUT"])))
            return [*self.cover(allow), allow]
        if kind == "excused":
            return [self.excuse(self.random_rule("ALLOW", 0.2))]
        if kind == "foreign":
            allow = self.random_rule("ALLOW")
            allow["scope"] = [self.foreign_group()]
            return [allow]
        if kind == "disabled":
            allow = self.random_rule("ALLOW")
            allow["disabled"] = True
            return [allow]
        if kind == "jump":
            return [self.excuse(self.random_rule("JUMP_TO_APPLICATION",
                                                 0.2))]
        allow = self.random_rule("ALLOW")
        allow["scope"] = [self.add_group([addresses(*self.some(
            MEMBER_NETS, 2))])]
        return [allow]

    def tag_pair(self, way: str, implied: bool) -> list[Json]:
        """An allow by a tag or path, after a drop that it (nearly) implies."""
        kind = self.pick(["SegmentPort", "Segment", "VirtualMachine"])
        scope, value = self.pick(SCOPES), self.pick(VALUES)
        strong = self.weighted({"EQUALS": 40, "STARTSWITH": 20,
                                "ENDSWITH": 20, "CONTAINS": 20})
        size = self.rng.randint(1, len(value))
        weak = {"EQUALS": [("STARTSWITH", value[:size]),
                           ("ENDSWITH", value[-size:]),
                           ("CONTAINS", value[size // 2:size]),
                           ("EQUALS", "")],
                "STARTSWITH": [("STARTSWITH", value[:size]),
                               ("CONTAINS", value[size // 2:size]),
                               ("STARTSWITH", "")],
                "ENDSWITH": [("ENDSWITH", value[-size:]),
                             ("CONTAINS", value[-size:]), ("EQUALS", "")],
                "CONTAINS": [("CONTAINS", value[size // 2:size]),
                             ("CONTAINS", value), ("EQUALS", "")]}
        operator, text = self.pick(weak[strong])
        first, second = scope, self.pick([scope, scope, ""])
        if not implied:
            change = self.pick(["order", "scope", "longer", "operator"])
            if change == "order":
                strong, operator, value, text = operator, strong, text, value
            elif change == "scope":
                first, second = "", scope
            elif change == "longer":
                text += self.pick(["-1", "x", "-web"])
            else:
                operator = self.pick(["EQUALS", "STARTSWITH", "ENDSWITH"])
        allowed = [condition(kind, strong, f"{first}|{value}")]
        dropped = [condition(kind, operator, f"{second}|{text}")]
        if self.odds(0.2):
            port = self.pick(SEGMENT_PORTS)
            segment = port.split("/ports/")[0]
            allowed, dropped = [paths(port)], [paths(segment)]
            if not implied:
                allowed, dropped = dropped, allowed
        elif implied and self.odds(0.15):
            # Nobody is on two segments; nobody lacks and has a tag.
            allowed = self.pick([
                joined("AND", paths(SEGMENTS[0]), paths(SEGMENT_PORTS[2])),
                joined("AND", paths(SEGMENT_PORTS[0]),
                       paths(SEGMENT_PORTS[1])),
                joined("AND", *allowed,
                       condition(kind, "NOTEQUALS", f"{scope}|"))])
        allow = self.rule("ALLOW", direction=way)
        allow["service_entries"] = [self.random_entry(True)]
        drop = self.drop(direction=way)
        sides = [["ANY"], ["ANY"]]
        at = self.rng.randint(0, 1)
        sides[at] = [self.add_group(allowed)]
        self.set_peers(allow, way, *sides)
        sides[at] = [self.add_group(dropped)]
        self.set_peers(drop, way, *sides)
        return [drop, allow]

    def impossible_allow(self, way: str) -> Json:
        """An allow from or to somebody who cannot be there."""
        allow = self.random_rule("ALLOW", 0.5, way)
        for name in ("sources_excluded", "destinations_excluded"):
            allow.pop(name, None)
        own = joined(
            "AND", condition("Segment", "EQUALS", f"ncp/cluster|{CLUSTER}"),
            self.pick([
                condition("Segment", "EQUALS", f"ncp/project|{self.name}"),
                condition("SegmentPort", "EQUALS",
                          f"ncp/vif_project|{self.name}"),
                condition("SegmentPort", "EQUALS",
                          f"ncp/project_uid|{self.uid}")]))
        member, remote = self.pick([
            (["ANY"], [self.add_group(own)]),
            (["ANY"], ["10.244.1.0/29"]),
            (["ANY"], ["10.244.1.3"]),
            ([self.foreign_group()], ["ANY"]),
            (["192.168.10.0/24"], ["ANY"]),
            (["10.244.1.5"], ["2001:db8::/32"])])
        self.set_peers(allow, way, member, remote)
        return allow

    def opener(self, way: str) -> list[Json]:
        """Rules that open, but for later ones, by a little."""
        if way != "IN_OUT" and self.odds(0.15):
            return self.tag_pair(way, False)
        allow = self.plain_allow(way)
        drops = self.cover(allow, 0.1)
        drop = drops[-1]
        kind = self.weighted({"port": 25, "address": 20, "tag": 20,
                              "family": 6, "order": 8, "disabled": 5,
                              "direction": 6, "jump": 6, "none": 10})
        entries = drop.get("service_entries", [])
        if kind == "port" and entries:
            return self.miss_port(drops, allow)
        if kind == "address":
            return self.miss_address(drops, allow)
        if kind == "tag":
            drop["scope"] = [self.narrow_group()]
        elif kind == "family" and "ip_protocol" not in allow:
            drop["ip_protocol"] = self.pick(["IPV4", "IPV6"])
        elif kind == "order":
            return [allow, *drops]
        elif kind == "disabled":
            drop["disabled"] = True
        elif kind == "direction" and way != "IN_OUT":
            drop["direction"] = OTHER_WAY[way]
        elif kind == "jump":
            allow["action"] = "JUMP_TO_APPLICATION"
            return [allow, self.plain_allow(way)]
        else:
            return [allow]
        return [*drops, allow]

    def miss_port(self, drops: list[Json], allow: Json) -> list[Json]:
        entry = drops[-1]["service_entries"][0]
        if entry["resource_type"] == "L4PortSetServiceEntry":
            name = ("source_ports" if entry["source_ports"]
                    and self.odds(0.4) else "destination_ports")
            ranges = entry[name] or ["1-65535"]
            low, _, high = ranges[0].partition("-")
            first, last = int(low), int(high or low)
            if first == last:
                # A single port: the drop is of its neighbours.
                entry[name] = [f"{first + 1}-{first + 5}", str(first - 1)]
            elif self.odds(0.5):
                entry[name] = [f"{first}-{last - 1}", *ranges[1:]]
            else:
                cut = self.rng.randint(first, last)
                entry[name] = ([f"{first}-{cut - 1}"] if cut > first else [])
                entry[name] += [f"{cut + 1}-{last}"] if cut < last else []
        elif entry["resource_type"] == "ICMPTypeServiceEntry":
            if "icmp_type" in entry:
                entry["icmp_code"] = (entry.get("icmp_code", 0) + 1) % 256
            else:
                entry["icmp_type"] = 8
        else:
            entry["protocol_number"] = (entry["protocol_number"] + 1) % 256
        return [*drops, allow]

    def miss_address(self, drops: list[Json], allow: Json) -> list[Json]:
        side = self.pick(["source_groups", "destination_groups"])
        for name in (side, "source_groups", "destination_groups"):
            for index, element in enumerate(drops[-1].get(name, [])):
                if "/infra/" in element or element == "ANY":
                    continue
                low, high = bounds(element)
                if low == high:
                    continue
                drops[-1][name][index] = (
                    f"{low}-{high - 1}" if self.odds(0.5)
                    else f"{low + 1}-{high}")
                return [*drops, allow]
        drops[-1][side] = [self.pick(OUTER_NETS[:6])]
        return [*drops, allow]

    def doubter(self, way: str) -> tuple[list[Json], bool]:
        """Rules that may open; and whether they are to be tied."""
        allow = self.plain_allow(way)
        kind = self.weighted({"tie": 30, "blur": 25, "vague": 20,
                              "cover": 15, "unsure": 10})
        if kind == "tie":
            drops = self.cover(allow, 0.1)[:3]
            return [*drops, allow], True
        if kind == "blur":
            self.blur_rule(allow)
            return [allow], False
        side = self.pick(["source_groups", "destination_groups"])
        if kind == "vague":
            if self.odds(0.3):
                allow["service_entries"] = [{
                    "resource_type": "ALGTypeServiceEntry", "alg": "FTP"}]
                allow["services"] = ["ANY"]
            elif self.odds(0.4):
                allow["scope"] = [self.vague_member_group()]
            else:
                allow[side] = [self.vague_member_group()]
            return [allow], False
        if kind == "cover":
            drops = self.cover(allow, 0.1)
            self.blur_rule(drops[-1])
            return [*drops, allow], False
        allow[side] = [self.unsure_group()]
        drop = self.cover(allow, 0)[0]
        for name in ("source_groups", "destination_groups"):
            drop[name] = list(allow[name])
        return [drop, allow], False

    # The deny that closes.

    def deny(self, way: str, flaw: str | None) -> tuple[list[Json], Json]:
        """A deny for IN, OUT or IN_OUT, and fields of its policy."""
        policy: Json = {}
        shape = self.weighted({"policy": 28, "applied": 25, "peer": 17,
                               "negated": 10, "address": 10, "all": 10})
        target: Callable[[], str] = self.member_group
        if flaw == "open":
            target = self.narrow_group
            shape = self.weighted({"policy": 30, "applied": 30, "peer": 25,
                                   "address": 15})
        elif flaw == "doubt" and self.odds(0.4):
            target = self.vague_member_group
            shape = self.weighted({"policy": 40, "applied": 30, "peer": 30})
        ways = ["IN", "OUT"] if way == "IN_OUT" else [way]
        rules: list[Json] = []
        if shape in ("policy", "applied", "all"):
            rules = [self.drop(direction=way)]
            if shape == "policy":
                policy["scope"] = [target()]
                if self.odds(0.4):
                    rules[0]["scope"] = [self.foreign_group()]
            elif shape == "applied":
                rules[0]["scope"] = [target()]
        else:
            for one in ways:
                rule = self.drop(direction=one)
                excluded = False
                if shape == "peer":
                    member = [target()]
                elif shape == "negated":
                    member, excluded = [self.foreign_group()], True
                elif flaw == "open":
                    member = self.pick([
                        ["10.244.1.0/28", "::/0"], ["10.244.0.0/20"],
                        ["10.244.0.1-10.244.15.255", "::/0"],
                        ["10.244.0.0/20", "::/0"],
                        ["10.244.0.0/20", "224.0.0.0/4", "::/0"],
                        ["10.244.0.0/20", "fd00::/8"]])
                else:
                    member = self.pick([
                        ["10.244.0.0/20", "224.0.0.0/4",
                         "255.255.255.255", "::/0"],
                        ["10.0.0.0/8", "224.0.0.0/3", "::/1", "8000::/1"],
                        ["0.0.0.0/0", "::/0"]])
                self.set_peers(rule, one, member, ["ANY"])
                if excluded:
                    name = ("destinations_excluded" if one == "IN"
                            else "sources_excluded")
                    rule[name] = True
                rules.append(rule)
        if self.odds(0.35):
            index = self.rng.randrange(len(rules))
            rules[index:index + 1] = self.split(rules[index])
        if flaw == "doubt" and target == self.member_group:
            if self.odds(0.25):
                policy.update(self.pick([
                    {"scheduler_path": "/infra/firewall-schedulers/night"},
                    {"application_connectivity": "x"}]))
            else:
                for rule in rules:
                    self.blur_rule(rule)
        return rules, policy

    # Policies.

    def policy(self, category: str | None, rules: list[Json],
               **fields: Any) -> Json:
        made: Json = {"resource_type": "SecurityPolicy"}
        if category is not None:
            made["category"] = category
        made.update(fields)
        made["rules"] = rules
        if self.odds(0.3):
            made.update(self.pick([
                {"stateful": True}, {"tcp_strict": False},
                {"locked": False}, {"_revision": 1}, {"scope": ["ANY"]},
                {"internal_sequence_number": 10}, {"tags": []}])
                        if "scope" not in made else {"stateful": True})
        return made

    def number_rules(self, rules: list[Json], harmless_ties: bool) -> None:
        """Give sequence numbers; "_tied" rules get their predecessor's."""
        number = self.pick([0, 0, 1, 10])
        for index, rule in enumerate(rules):
            tied = rule.pop("_tied", False)
            if index and not tied:
                both_drop = all(r.get("action") in ("DROP", "REJECT")
                                for r in rules[index - 1:index + 1])
                free = harmless_ties or both_drop
                run = sum(r["sequence_number"] == number
                          for r in rules[:index])
                follower = rules[index + 1:index + 2]
                begins = any(r.get("_tied") for r in follower)
                if begins or not (free and run < 4
                                  and self.odds(0.2 * run + 0.1)):
                    number += self.pick([1, 1, 5, 10])
            rule["sequence_number"] = number
        for rule in rules:
            if rule["sequence_number"] == 0 and self.odds(0.5):
                del rule["sequence_number"]

    def spread(self, units: list[list[Json]], count: int) -> list[list[Json]]:
        """The units' rules in order, in at most count lists."""
        if not units:
            return []
        count = min(count, len(units))
        cuts = sorted(self.rng.sample(range(1, len(units)), count - 1))
        return [[rule for unit in units[a:b] for rule in unit]
                for a, b in zip([0, *cuts], [*cuts, len(units)])]

    def mark_tied(self, rules: list[Json]) -> None:
        for rule in rules[1:]:
            rule["_tied"] = True

    def case(self) -> Json:
        size = int(self.rng.triangular(6, 58, 12))
        for _ in range(self.rng.randint(1, 3)):
            self.random_group(0)
        for _ in range(self.rng.randint(1, 3)):
            self.add_service()
        if self.odds(0.1):
            policies = self.wild_policies(size)
        else:
            policies = self.steered_policies(size)
        return self.finish(policies)

    def wild_policies(self, size: int) -> list[Json]:
        units = [[self.random_rule(self.random_action())]
                 for _ in range(size)]
        places: list[int] = []
        for unit in units:
            if self.odds(0.2):
                self.excuse(unit[0])
        policies = []
        for rules in self.spread(units, self.rng.randint(2, 10)):
            self.number_rules(rules, True)
            made = self.policy(self.pick([*CATEGORIES, None]), rules)
            if self.odds(0.3):
                made["scope"] = [self.random_group()]
            at = self.rng.randint(0, 3)
            while at in places and places.count(at) >= 4:
                at += 1
            places.append(at)
            made["sequence_number"] = at
            policies.append(made)
        return policies

    def steered_policies(self, size: int) -> list[Json]:
        aims = {way: self.weighted({"closed": 30, "doubtful": 46, "open": 24})
                for way in ("IN", "OUT")}
        if self.odds(0.25):
            aims["OUT"] = aims["IN"]
        self.aims = aims
        # How each direction is spoilt: at the deny or before it.
        flaws: dict[str, str | None] = {"IN": None, "OUT": None}
        before: list[list[Json]] = []
        breaches: list[list[Json]] = []
        for way, aim in aims.items():
            if aim == "closed":
                continue
            if self.odds(0.35):
                flaws[way] = "open" if aim == "open" else "doubt"
            elif aim == "open":
                breaches += [self.opener(way)
                             for _ in range(self.pick([1, 1, 2]))]
            else:
                for _ in range(self.pick([1, 1, 2])):
                    unit, tied = self.doubter(way)
                    if tied:
                        self.mark_tied(unit)
                    breaches.append(unit)
        late_deny = not any(flaws.values()) and self.odds(0.2)
        room = max(1, size - sum(map(len, breaches)) - 3)
        early = self.rng.randint(room // 3, room) if late_deny else (
            self.rng.randint(0, room))
        while sum(map(len, before)) < early:
            before.append(self.harmless())
        for unit in breaches:
            # Late breaches tend to be covered by what is before them.
            before.insert(self.rng.randint(0, max(1, len(before) // 2)),
                          unit)
        deny_at = 3 if late_deny else self.weighted({0: 15, 1: 25, 2: 25,
                                                     3: 35})
        if deny_at == 3:
            for _ in range(self.weighted({0: 5, 1: 3, 2: 2})):
                before.append([self.random_rule("JUMP_TO_APPLICATION", 0.2)])
        after = [[self.random_rule(self.random_action())]
                 for _ in range(max(0, room - early))]
        for unit in after:
            if self.odds(0.15):
                self.excuse(unit[0])
        policies: list[Json] = []
        starts: list[int] = []
        places = 9 if not late_deny else 10
        parts = self.spread(before, self.rng.randint(1, places // 2))
        for at in sorted(self.rng.randint(0, deny_at) for _ in parts):
            starts.append(at)
        for at, rules in zip(starts, parts):
            self.number_rules(rules, False)
            fields: Json = {"_at": at, "_zone": "before"}
            if self.odds(0.1):
                fields["scope"] = [self.pick([self.member_group,
                                              self.foreign_group,
                                              self.narrow_group])()]
            policies.append(self.policy(CATEGORIES[at], rules, **fields))
        if not late_deny:
            policies += self.deny_policies(deny_at, flaws)
        parts = self.spread(after, self.rng.randint(1, places // 2))
        for at in sorted(self.rng.randint(deny_at, 3) for _ in parts):
            rules = parts.pop(0)
            self.number_rules(rules, True)
            fields = {"_at": at, "_zone": "after"}
            if self.odds(0.2):
                fields["scope"] = [self.random_group()]
            if self.odds(0.13):
                fields.update(self.pick([
                    {"scheduler_path": "/infra/firewall-schedulers/day"},
                    {"failover": True}]))
            policies.append(self.policy(CATEGORIES[at], rules, **fields))
        self.number_policies(policies)
        broken = any(flaws.values())
        if late_deny or self.odds(0.6):
            closing = late_deny or self.odds(0.1 if broken else 0.5)
            policies.append(self.default_section(closing))
        return policies

    def deny_policies(self, at: int,
                      flaws: dict[str, str | None]) -> list[Json]:
        if flaws["IN"] == flaws["OUT"] and self.odds(0.7):
            wanted = [("IN_OUT", flaws["IN"])]
        else:
            wanted = list(flaws.items())
        found = []
        for way, flaw in wanted:
            if flaw == "open" and self.odds(0.15):
                continue
            tie = flaw == "doubt" and self.odds(0.3)
            rules, fields = self.deny(way, None if tie else flaw)
            fields |= {"_at": at, "_zone": "deny"}
            if tie and self.odds(0.5):
                rules.append(self.plain_allow(way))
                self.mark_tied(rules)
                tie = False
            self.number_rules(rules, False)
            found.append(self.policy(CATEGORIES[at], rules, **fields))
            for _ in range(self.pick([1, 1, 2, 3]) if tie else 0):
                make: Callable[[], list[Json]] = self.pick([
                    lambda: [self.plain_allow(way)],
                    lambda: [self.plain_allow(way)],
                    lambda: [self.narrow_drop(), self.plain_allow(way)],
                    lambda: [self.narrow_drop()]])
                rules = make()
                self.number_rules(rules, False)
                found.append(self.policy(CATEGORIES[at], rules, _at=at,
                                         _zone="deny", _tied=True))
        return found

    def number_policies(self, policies: list[Json]) -> None:
        last: dict[int, int] = {}
        run = 1
        previous: Json = {}
        for made in policies:
            at, zone = made.pop("_at"), made.pop("_zone")
            tied = made.pop("_tied", False)
            if at not in last:
                last[at] = self.pick([0, 0, 1, 100])
                run = 1
            elif (tied or (zone == previous.get("zone") and run < 4
                           and zone == "after" and self.odds(0.65))):
                run += 1
            else:
                last[at] += self.pick([1, 1, 10])
                run = 1
            made["sequence_number"] = last[at]
            previous = {"zone": zone}

    def default_section(self, closing: bool) -> Json:
        rules = []
        if self.odds(0.3):
            rules.append([self.random_rule("ALLOW", 0.3)])
            if closing:
                rules = [[*self.cover(rules[0][0]), rules[0][0]]]
        listed = [rule for unit in rules for rule in unit]
        action = self.pick(["DROP", "REJECT"]) if closing else "ALLOW"
        final = self.rule(action, is_default=True)
        if not closing and self.odds(0.25):
            self.excuse(final)
        listed.append(final)
        self.number_rules(listed, False)
        made = self.policy("Application", listed, path=DEFAULT_SECTION,
                           id="default-layer3-section", is_default=True)
        made.pop("scope", None)
        made["sequence_number"] = self.pick([0, 1, 2147483647])
        return made

    def ethernet_policy(self) -> Json:
        rule = self.rule(self.pick(["ALLOW", "DROP"]))
        return self.policy("Ethernet", [rule | {"sequence_number": 0}],
                           sequence_number=self.rng.randint(0, 2))

    def finish(self, policies: list[Json]) -> Json:
        policies = [made for made in policies if made["rules"]]
        while len(policies) > 12:
            policies.remove(self.pick(policies))
        rules = [rule for made in policies for rule in made["rules"]]
        for rule in self.rng.sample(rules, max(0, len(rules) - 58)):
            for made in policies:
                made["rules"] = [r for r in made["rules"] if r is not rule]
        policies = [made for made in policies if made["rules"]]
        for number in range(len(rules), 5):
            policies[0]["rules"].append(
                self.narrow_drop() | {"sequence_number": 1000 + number})
        while len(policies) < 2:
            policies.append(self.ethernet_policy())
        if len(policies) < 12 and self.odds(0.15):
            policies.append(self.ethernet_policy())
        for index, made in enumerate(policies):
            made.setdefault("path", "/infra/domains/default/"
                                    f"security-policies/p{index}")
            made.setdefault("id", f"p{index}")
            made["display_name"] = f"policy {index}"
            if made.get("sequence_number") == 0 and self.odds(0.5):
                del made["sequence_number"]
            if made.get("category") == "Application" and self.odds(0.25):
                del made["category"]
            for rule in made["rules"]:
                rule["path"] = f"{made['path']}/rules/{rule['id']}"
                if rule.pop("_excused", False):
                    self.excused.append(rule["path"])
            if self.odds(0.5):
                self.rng.shuffle(made["rules"])
        if self.odds(0.5):
            self.rng.shuffle(policies)
        excluded: list[str] = []
        if self.odds(0.06):
            make: Callable[[], list[str]] = self.pick([
                lambda: [self.foreign_group()],
                lambda: [self.narrow_group()],
                lambda: [self.pick(SEGMENTS + SEGMENT_PORTS)],
                lambda: [self.vague_member_group()],
                lambda: [self.add_group([addresses("10.244.1.0/28")])],
                lambda: [self.random_group()]])
            excluded = make()
        if self.odds(0.04) and len(self.groups) > 1:
            # A group more in a group, perhaps one that it is itself in.
            one, other = self.rng.sample(self.groups, 2)
            one["expression"] = joined(
                "OR", nested(one["expression"]), paths(other["path"]))
        self.rng.shuffle(self.groups)
        return {
            "id": self.number, "switch": not self.odds(0.035),
            "excluded": excluded, "groups": self.groups,
            "services": self.services, "policies": policies,
            "namespace": {"cluster": CLUSTER, "name": self.name,
                          "uid": self.uid},
            "subnets": self.pick([["10.244.1.0/28"], ["10.244.1.0/28"],
                                  ["10.244.1.0/28", "fd00:1::/64"],
                                  ["10.244.1.0/29", "10.244.3.0/28"]]),
            "pod_blocks": ["10.244.0.0/20"],
            "others": self.pick([["10.244.2.0/28"], ["10.244.2.0/28"], [],
                                 ["10.244.2.0/28", "10.244.0.0/24"]]),
            "excused": self.excused}


def generate(seed: int, count: int) -> list[Json]:
    rng = random.Random(seed)
    return [Maker(rng.getrandbits(64), number).case()
            for number in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    options = parser.parse_args()
    for case in generate(options.seed, options.count):
        print(json.dumps(case))


if __name__ == "__main__":
    main()
