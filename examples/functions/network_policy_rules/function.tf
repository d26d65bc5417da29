locals {
  rules = provider::supervisor::network_policy_rules(file("${path.module}/policy.yaml"))
}

# What a reviewer wants to know of a manifest: whether it opens more than it should.
check "no_rule_opens_every_port" {
  assert {
    condition = alltrue([
      for rule in local.rules : !contains(rule.services, "any") if rule.action == "allow"
    ])
    error_message = "A rule of policy.yaml lets everything through."
  }
}

output "rules" {
  value = [for rule in local.rules : "${rule.policy}: ${rule.action} ${rule.direction} ${join(", ", rule.services)}"]
}
