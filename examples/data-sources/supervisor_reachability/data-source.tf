# All pods of one namespace to all of another: `denied` is true only if not one of them passes.
data "supervisor_reachability" "trading_to_banking" {
  from = supervisor_vsphere_namespace.trading.name
  to   = supervisor_vsphere_namespace.banking.name
  port = 8443
}

# One pod, and an address outside.
data "supervisor_reachability" "internet_to_api" {
  from = "203.0.113.7"
  to   = "${supervisor_vsphere_namespace.banking.name}/api-0"
  port = 8443
}

check "banking_is_closed_to_trading" {
  assert {
    condition     = data.supervisor_reachability.trading_to_banking.denied
    error_message = data.supervisor_reachability.trading_to_banking.explanation
  }
}

output "why" {
  value = data.supervisor_reachability.internet_to_api.explanation
}
