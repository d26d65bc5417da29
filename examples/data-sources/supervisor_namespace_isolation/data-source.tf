data "supervisor_namespace_isolation" "banking" {
  name   = supervisor_vsphere_namespace.banking.name
  accept = supervisor_vsphere_namespace.banking.isolation.accept
}

check "banking_is_isolated" {
  assert {
    condition     = data.supervisor_namespace_isolation.banking.isolated
    error_message = join("\n", data.supervisor_namespace_isolation.banking.opened_by)
  }
}

output "let_through_on_purpose" {
  value = data.supervisor_namespace_isolation.banking.openings
}
