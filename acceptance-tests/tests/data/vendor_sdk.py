"""NSX by the vendor's own SDK: answers one JSON value for each JSON command on standard input.

Started with the server's host and port, the user, and the file with the CA; the password is the
first line of standard input. A command is a list: its name, then its arguments.
"""

import json
import sys

import requests
from vcf.nsx import model_client as model
from vcf.nsx.policy.api.v1 import infra_client
from vcf.nsx.policy.api.v1.infra import domains_client
from vmware.vapi.bindings.stub import StubConfiguration
from vmware.vapi.lib.connect import get_requests_connector
from vmware.vapi.security.client.security_context_filter import LegacySecurityContextFilter
from vmware.vapi.security.user_password import create_user_password_security_context


def connect(host, user, password, ca):
    session = requests.Session()
    session.trust_env = False
    session.verify = ca
    login = create_user_password_security_context(user, password)
    connector = get_requests_connector(
        session=session,
        msg_protocol="rest",
        url=f"https://{host}",
        provider_filter_chain=[LegacySecurityContextFilter(security_context=login)],
    )
    return StubConfiguration(connector)


class Nsx:
    """Each method is a command."""

    def __init__(self, stub):
        self.segments = infra_client.Segments(stub)
        self.groups = domains_client.Groups(stub)
        self.policies = domains_client.SecurityPolicies(stub)

    def list(self):
        found, cursor = [], None
        while True:
            page = self.segments.policy_lm_list_all_infra_segments(cursor=cursor, page_size=1)
            found += [segment.display_name for segment in page.results]
            cursor = page.cursor
            if not cursor:
                return found

    def read(self, segment_id):
        segment = self.segments.policy_lm_read_infra_segment(segment_id)
        return {
            "display_name": segment.display_name,
            "description": segment.description,
            "revision": segment.revision,
            "gateways": [subnet.gateway_address for subnet in segment.subnets or []],
        }

    def describe(self, segment_id, description):
        """A change as a browser makes it: what was read goes back with its revision."""
        segment = self.segments.policy_lm_read_infra_segment(segment_id)
        segment.description = description
        changed = self.segments.policy_lm_create_or_replace_infra_segment(segment_id, segment)
        return changed.revision

    def create(self, segment_id, zone):
        segment = model.Segment(display_name=segment_id, transport_zone_path=zone)
        self.segments.policy_lm_patch_infra_segment(segment_id, segment)

    def delete(self, segment_id):
        self.segments.policy_lm_delete_infra_segment(segment_id)

    def exists(self, segment_id):
        try:
            self.segments.policy_lm_read_infra_segment(segment_id)
        except model.ApiError as refusal:
            if refusal.get_status_code() != 404:
                raise
            return False
        return True

    def allow(self, policy_id, group_id):
        """A group and a rule that lets everybody in to it."""
        address = model.IPAddressExpression(ip_addresses=["10.20.0.0/24"])
        group = model.Group(display_name=group_id, expression=[address])
        one(self.groups, "patch")("default", group_id, group)
        rule = model.Rule(
            id="allow",
            display_name="allow",
            action="ALLOW",
            direction="IN_OUT",
            source_groups=["ANY"],
            destination_groups=[f"/infra/domains/default/groups/{group_id}"],
            services=["ANY"],
            scope=["ANY"],
            sequence_number=1,
        )
        policy = model.SecurityPolicy(
            display_name=policy_id, category="Application", sequence_number=10, rules=[rule]
        )
        one(self.policies, "patch")("default", policy_id, policy)

    def rules(self, policy_id):
        policy = one(self.policies, "read")("default", policy_id)
        return [[rule.display_name, rule.action] for rule in policy.rules]

    def forget(self, policy_id, group_id):
        one(self.policies, "delete")("default", policy_id)
        one(self.groups, "delete")("default", group_id)


def one(service, verb):
    """The shortest of a service's operations with this verb: the others are its variants."""
    return getattr(service, min((name for name in dir(service) if verb in name), key=len))


def main():
    host, user, ca = sys.argv[1:]
    nsx = Nsx(connect(host, user, sys.stdin.readline().rstrip("\n"), ca))
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(getattr(nsx, name)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
